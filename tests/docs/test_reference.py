"""The reference says what the code says."""

from __future__ import annotations

import dataclasses
import importlib.util
import inspect
import re
from pathlib import Path

import botocore
import pytest
from packaging.version import Version

import pytest_cloudfakes
from pytest_cloudfakes.clock import Clock
from pytest_cloudfakes.options import Options
from pytest_cloudfakes.services import FAKED, service_class
from pytest_cloudfakes.services.sns import DeliveryView, OutboxMessage, SnsHandle, SubscriptionView, TopicView
from pytest_cloudfakes.services.sns.outbox import Outbox
from pytest_cloudfakes.services.sqs import MessageView, QueueView, SqsHandle

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PACKAGE = Path(pytest_cloudfakes.__file__).parent

COMPARED_WITH = Version("1.44.8")
"""The botocore whose models this release was compared with; a newer one may know operations that came later."""


@pytest.fixture(scope="module")
def generate():
    """The hook that makes the generated parts."""
    spec = importlib.util.spec_from_file_location("generate", DOCS / "_generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("service", FAKED)
def test_every_operation_is_faked_or_declared_as_a_gap(generate, service):
    gaps = service_class(service).gaps
    found = generate.operations_of(service)
    missing = [each.name for each in found if not each.faked and each.name not in gaps]
    if missing and Version(botocore.__version__) > COMPARED_WITH:
        pytest.skip(f"botocore {botocore.__version__} has operations that are newer than this release: {missing}")
    assert missing == []


@pytest.mark.parametrize("service", FAKED)
def test_nothing_is_both_faked_and_declared_as_a_gap(generate, service):
    faked = {each.name for each in generate.operations_of(service) if each.faked}
    assert not faked & set(service_class(service).gaps)


@pytest.mark.parametrize("service", FAKED)
def test_every_faked_operation_says_what_it_does(generate, service):
    assert [each.name for each in generate.operations_of(service) if not each.remark] == []


def test_the_page_of_operations_has_a_row_for_each(generate):
    filled = generate.on_page_markdown(page("reference/operations.md"))
    assert "<!-- generated" not in filled
    for service in FAKED:
        assert f"`{service}`" in filled
        for operation in generate.operations_of(service):
            assert f"| `{operation.name}` | {'yes' if operation.faked else 'no'} |" in filled


def test_the_readme_counts_the_operations(generate):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    counts = dict(re.findall(r"^\|.*`fake_(\w+)`.*\| (\d+ of \d+) \|", readme, re.MULTILINE))
    assert set(counts) == set(FAKED)
    for service, count in counts.items():
        found = generate.operations_of(service)
        known = int(count.split()[-1])
        if len(found) < known or (len(found) > known and Version(botocore.__version__) > COMPARED_WITH):
            continue  # an older botocore, which knows fewer operations, or a newer one
        assert count == f"{sum(each.faked for each in found)} of {len(found)}", service


def test_every_option_is_described():
    described = page("reference/options.md")
    for option in dataclasses.fields(Options):
        assert f"| `{option.name}` |" in described


def test_every_fixture_is_described(pytester):
    listed = pytester.runpytest_subprocess("--fixtures", "-q", "-p", "no:asyncio").stdout.str()
    fixtures = set(re.findall(r"^(fake_\w+)", listed, re.MULTILINE))
    assert fixtures
    described = page("reference/fixtures.md")
    assert {name for name in fixtures if f"`{name}`" not in described} == set()


def test_every_ini_option_is_described(pytester):
    listed = pytester.runpytest_subprocess("--help", "-p", "no:asyncio").stdout.str()
    options = set(re.findall(r"^  cloudfakes_(\w+)", listed, re.MULTILINE))
    assert options
    described = page("reference/options.md")
    assert {name for name in options if not re.search(rf"\| `(cloudfakes_)?{name}` \|", described)} == set()


def deviations_in_code() -> dict[str, str]:
    """Each sentence after "Deviation:" in comments and docstrings, and where it stands."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        for match in re.finditer(r'Deviation: (.+?\.)(?=\s|"""|$)', re.sub(r"\n\s*(# ?)?", " ", text)):
            found[match[1]] = path.relative_to(PACKAGE).as_posix()
    return found


def test_every_deviation_marked_in_the_code_is_listed():
    listed = " ".join(page("explanation/deviations.md").split()).casefold()
    missing = {text: where for text, where in deviations_in_code().items() if text.casefold() not in listed}
    assert missing == {}


def test_every_page_is_in_the_navigation():
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:")[2]
    named = set(re.findall(r"[\w/-]+\.md", navigation))
    assert named == {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")}


def test_everything_that_the_clock_offers_to_tests_is_described():
    rooms = re.split(r"^    # ── (.*?) ─*$", inspect.getsource(Clock), flags=re.MULTILINE)
    offered = re.findall(r"^    def (\w+)", rooms[rooms.index("what tests use") + 1], re.MULTILINE)
    assert offered
    described = page("reference/clock.md")
    assert [name for name in offered if not re.search(rf"\| `{name}[`(]", described)] == []


def test_everything_that_the_views_of_sqs_show_is_described():
    described = page("reference/sqs.md")
    offered = {name for kind in (MessageView, QueueView, SqsHandle) for name in dir(kind) if not name.startswith("_")}
    assert {name for name in offered if not re.search(rf"`{name}[`(]", described)} == set()


def test_everything_that_the_views_of_sns_show_is_described():
    described = page("reference/sns.md")
    kinds = (DeliveryView, OutboxMessage, Outbox, SnsHandle, SubscriptionView, TopicView)
    offered = {name for kind in kinds for name in dir(kind) if not name.startswith("_")}
    ours = {"add", "refusal"}  # for SNS itself
    assert {name for name in offered - ours if not re.search(rf"`{name}[`(]", described)} == set()


def test_everything_that_a_test_can_import_is_described():
    described = page("reference/fixtures.md") + page("reference/options.md")
    assert {name for name in pytest_cloudfakes.__all__ if f"`{name}`" not in described} == set()
