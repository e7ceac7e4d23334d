"""The repository itself as data: its files, its metadata, the package's modules as syntax trees."""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import pytest_cloudfakes

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[2]
PACKAGE = Path(pytest_cloudfakes.__file__).parent


@dataclass(frozen=True)
class Module:
    """A module of the package."""

    path: str
    """Relative to the package: "services/sqs/queue.py"."""
    tree: ast.Module = field(repr=False)

    def imports(self, *, for_types: bool = False) -> set[str]:
        """Dotted names that the module imports, wherever in it; those for annotations only when asked for."""
        skipped = set()
        if not for_types:
            for node in ast.walk(self.tree):
                if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
                    skipped.update(id(inner) for statement in node.body for inner in ast.walk(statement))
        return self._names(node for node in ast.walk(self.tree) if id(node) not in skipped)

    def top_level_imports(self) -> set[str]:
        """What importing the module imports at once."""
        return self._names(iter(self.tree.body))

    @staticmethod
    def _names(nodes: Any) -> set[str]:
        names: set[str] = set()
        for node in nodes:
            if isinstance(node, ast.Import):
                names.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, "imports are absolute"
                names.update(f"{node.module}.{alias.name}" for alias in node.names)
        return names

    def attribute_uses(self) -> set[str]:
        """Every dotted expression of names: "datetime.datetime.now"."""
        return {ast.unparse(node) for node in ast.walk(self.tree) if isinstance(node, ast.Attribute)}

    def functions(self) -> list[tuple[str, int]]:
        """Each function and its length in lines, docstring not counted."""
        return [(node.name, _length(node)) for node in ast.walk(self.tree) if isinstance(node, FUNCTIONS)]

    def lines(self) -> int:
        """How long the file is."""
        return max((node.end_lineno or 0 for node in self.tree.body), default=0)

    def __str__(self) -> str:
        return self.path


FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = function.body[1] if ast.get_docstring(function) and len(function.body) > 1 else function.body[0]
    return (function.end_lineno or 0) - first.lineno + 1


@pytest.fixture(scope="session")
def modules() -> list[Module]:
    """The package's modules."""
    return [
        Module(path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text(encoding="utf-8")))
        for path in sorted(PACKAGE.rglob("*.py"))
    ]


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def project(root: Path) -> dict[str, Any]:
    """pyproject.toml, parsed."""
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
