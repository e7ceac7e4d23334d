"""The reference of Kinesis says what its views show."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pytest_cloudfakes.services import kinesis

PAGE = Path(__file__).parents[2] / "docs/reference/kinesis.md"
SHOWN = [getattr(kinesis, name) for name in kinesis.__all__ if name.endswith(("View", "Handle"))]


@pytest.mark.parametrize("kind", SHOWN, ids=lambda kind: kind.__name__)
def test_everything_that_a_view_shows_is_described(kind):
    described = PAGE.read_text(encoding="utf-8")
    offered = {name for name in dir(kind) if not name.startswith("_")}
    assert {name for name in offered if not re.search(rf"`{name}[`(]", described)} == set()
