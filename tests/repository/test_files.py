"""What must not stand in any file that is published."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

FORBIDDEN = {
    "unfinished work": re.compile(r"\b(TODO|FIXME|XXX)\b"),
    "a path of somebody's machine": re.compile(r"(?<![\w.$}])/(root|home|Users|work)/\w"),
    "a path out of the repository": re.compile(r"\.\./shared\b"),
    "a conflict": re.compile(r"^(<{7}|>{7}) ", re.MULTILINE),
    "a secret of AWS": re.compile(r"\bAKIA(?!IOSFODNN7EXAMPLE)[A-Z0-9]{16}\b"),
}
TEXTS = {".md", ".py", ".toml", ".ini", ".yml", ".txt", ".css", ".html", ""}


@pytest.fixture(scope="session")
def published(root):
    """Every tracked text file."""
    listed = subprocess.run(["git", "ls-files"], cwd=root, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    paths = [root / line for line in listed.stdout.splitlines()]
    return [path for path in paths if path.suffix in TEXTS and path.is_file() and path != Path(__file__)]


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_published_file_contains(published, root, what):
    found = [
        f"{path.relative_to(root)}:{number}"
        for path in published
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if FORBIDDEN[what].search(line)
    ]
    assert found == []


def test_text_files_end_with_one_newline(published, root):
    wrong = [
        str(path.relative_to(root))
        for path in published
        if (text := path.read_text(encoding="utf-8")) and (not text.endswith("\n") or text.endswith("\n\n"))
    ]
    assert wrong == []


def test_the_licence_is_that_of_the_metadata(project, root):
    assert project["project"]["license"] == "MIT"
    assert (root / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")
