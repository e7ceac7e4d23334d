"""What is said in several files is said the same in each."""

from __future__ import annotations

import re
from configparser import ConfigParser
from importlib.metadata import version

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

import pytest_cloudfakes


@pytest.fixture(scope="session")
def supported(project):
    """The Pythons that the metadata names, as "3.10"."""
    prefix = "Programming Language :: Python :: 3."
    return [line.rpartition(" ")[2] for line in project["project"]["classifiers"] if line.startswith(prefix)]


@pytest.fixture(scope="session")
def tox(root):
    parser = ConfigParser(interpolation=None)
    parser.read(root / "tox.ini", encoding="utf-8")
    return parser


def test_python_versions_follow_each_other_without_a_gap(supported):
    assert supported == [f"3.{minor}" for minor in range(10, 10 + len(supported))]


def test_the_oldest_python_is_the_same_everywhere(project, supported, root):
    oldest = supported[0]
    assert project["project"]["requires-python"] == f">={oldest}"
    assert project["tool"]["mypy"]["python_version"] == oldest
    assert project["tool"]["ruff"]["target-version"] == "py" + oldest.replace(".", "")
    assert f"OLDEST = ({oldest.replace('.', ', ')})" in (root / "run.py").read_text(encoding="utf-8")
    assert f"Python {oldest} or newer" in (root / "README.md").read_text(encoding="utf-8")


def test_every_supported_python_has_its_environment(supported, tox, root):
    environments = {section.removeprefix("testenv:") for section in tox.sections()}
    assert {"tests-py" + version.replace(".", "") for version in supported} <= environments
    assert f"for version in {' '.join(supported)}; do" in (root / ".ci/run").read_text(encoding="utf-8")
    assert all(f'"python{version}"' in (root / "run.py").read_text(encoding="utf-8") for version in supported)


def test_the_lowest_versions_are_those_the_metadata_allows(project, root):
    pinned = dict(
        line.split("==")
        for line in (root / "tests/lowest-versions.txt").read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    )
    groups = project["dependency-groups"]["test"]
    for requirement in map(Requirement, project["project"]["dependencies"] + groups):
        lowest = Version(pinned[requirement.name])
        floor = next(Version(spec.version) for spec in requirement.specifier if spec.operator == ">=")
        assert lowest.release[: len(floor.release)] == floor.release, requirement


def test_dependencies_are_bounded_above_only_where_a_release_would_break_us(project):
    bounded = {
        requirement.name
        for requirement in map(Requirement, project["project"]["dependencies"])
        if any(spec.operator != ">=" for spec in requirement.specifier)
    }
    assert bounded == {"wrapt"}  # whose major releases change what a wrapped function is


def test_the_changelog_knows_this_version(root):
    changelog = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    version = re.escape(pytest_cloudfakes.__version__)
    assert re.search(rf"^## \[({version}|Unreleased)\]", changelog, re.MULTILINE)


def test_the_installed_versions_are_within_the_declared_ranges(project):
    for requirement in map(Requirement, project["project"]["dependencies"]):
        assert requirement.specifier.contains(version(requirement.name), prereleases=True)


def test_every_lint_rule_that_is_off_has_its_reason(root):
    lint = (root / "pyproject.toml").read_text(encoding="utf-8").split("[tool.ruff.lint]")[1]
    off = [line for line in lint.splitlines() if re.match(r'    "[A-Z]+\d*",\s*(#|$)', line)]
    assert off
    assert all(" # " in line for line in off)
