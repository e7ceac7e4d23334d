"""The choices that AWS leaves open: which message comes first, a second delivery, an empty short poll.

Every service asks its cloud's `Schedule`, by name, with the legal alternatives; the first alternative is the
friendly one, which a user of a fake expects. Another schedule can draw them from a seed or from hypothesis.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Schedule:
    """The friendly schedule: always the first alternative, so that every run is the same."""

    friendly = True
    """Whether `choose` always takes the first alternative. Hot paths then needn't build the alternatives."""

    def choose(self, name: str, alternatives: Sequence[T]) -> T:
        """One of the alternatives of the choice `name`, such as "sqs.receive.next"."""
        return alternatives[0]
