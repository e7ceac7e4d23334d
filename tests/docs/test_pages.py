"""Every code block of the README and the documentation runs, each page in a pytest run of its own.

A block of Python is a file: named by its title (`title="jobs.py"`, which the blocks below may import; a
repeated title goes on in the same file) or else a test module by itself. Configuration with a title is that
file. A comment just above a block says what is special about it:

    <!-- fails -->              a test of this block fails, as the page says
    <!-- prints -->             a text that the run prints; "..." stands for anything
    <!-- not run: reason -->    shown only

A page that says `<!-- continues first-page.md -->` has that page's named modules. One that says `<!-- needs module -->`
runs where that is installed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(
    r"(?:^<!-- *(?P<remark>[^>]*?) *-->\n)?"
    r"^(?P<indent> *)```(?P<language>\w*)(?P<attributes>[^\n]*)\n(?P<text>.*?)^ *```$",
    re.MULTILINE | re.DOTALL,
)
DEFINES_TESTS = re.compile(r"^ *(async )?def test_|^class Test", re.MULTILINE)
CONTINUES = re.compile(r"^<!-- continues (\S+) -->$", re.MULTILINE)
NEEDS = re.compile(r"^<!-- needs (\w+) -->$", re.MULTILINE)
CONFIGURATION = {"toml", "ini"}
SHOWN = {"console", "javascript", "text", "mermaid", "diff"}


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    language: str
    title: str | None
    remark: str
    text: str
    line: int

    @property
    def runs(self) -> bool:
        return self.language in {"python", *CONFIGURATION} and not self.remark.startswith("not run")


def blocks_of(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    found = []
    for match in BLOCK.finditer(text):
        title = re.search(r'title="([^"]+)"', match["attributes"])
        dedented = re.sub(f"^{match['indent']}", "", match["text"], flags=re.MULTILINE)
        line = text.count("\n", 0, match.start("text")) + 1
        found.append(Block(match["language"], title[1] if title else None, match["remark"] or "", dedented, line))
    return found


def files_of(page: Path, blocks: list[Block]) -> dict[str, str]:
    files: dict[str, str] = {}
    if continued := CONTINUES.search(page.read_text(encoding="utf-8")):
        earlier = page.parent / continued[1]
        files.update(
            (name, text) for name, text in files_of(earlier, blocks_of(earlier)).items() if not name.startswith("test_")
        )
    for block in blocks:
        if not block.runs:
            continue
        if block.language in CONFIGURATION:
            assert block.title not in files, f"{block.title} is shown twice: split the page"
        name = block.title or f"test_line_{block.line:04}.py"
        files[name] = files[name] + "\n\n" + block.text if name in files else block.text
    return files


def page_id(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_every_block_of_the_page_runs(page: Path, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # other plugins would only make it slower
    for needed in NEEDS.findall(page.read_text(encoding="utf-8")):
        pytest.importorskip(needed)
    blocks = blocks_of(page)
    files = files_of(page, blocks)
    if not files:
        pytest.skip("shows no code")
    for name, text in files.items():
        (pytester.path / name).write_text(text, encoding="utf-8")

    modules = [name for name in files if name.endswith(".py") and name != "conftest.py"]
    tests = [name for name in modules if DEFINES_TESTS.search(files[name])]
    for script in modules:
        if script not in tests:
            assert pytester.runpython(pytester.path / script).ret == 0
    if tests:
        result = pytester.runpytest_subprocess("-p", "pytest_cloudfakes.plugin", "-W", "error", *tests)
        failing = sum(block.remark.startswith("fails") for block in blocks)
        outcomes = result.parseoutcomes()
        assert outcomes.get("failed", 0) == failing
        assert "errors" not in outcomes
        for block in blocks:
            if block.remark.startswith("prints"):
                result.stdout.fnmatch_lines(expected_lines(block.text))


def expected_lines(text: str) -> list[str]:
    """The lines of a shown output as patterns: only "..." stands for something else."""
    lines = (re.sub(r"([*?\[])", r"[\1]", line.rstrip()) for line in text.splitlines() if line.strip())
    return [line.replace("...", "*") for line in lines]


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_every_block_says_what_it_is(page: Path) -> None:
    unknown = [
        f"{page_id(page)}:{block.line}"
        for block in blocks_of(page)
        if block.language not in {"python", *CONFIGURATION, *SHOWN}
    ]
    assert unknown == []


def test_hardly_a_block_is_only_shown() -> None:
    shown = [
        f"{page_id(page)}:{block.line}"
        for page in PAGES
        for block in blocks_of(page)
        if block.remark.startswith("not run")
    ]
    assert len(shown) <= 5, shown
