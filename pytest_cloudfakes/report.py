"""The section "AWS calls" of a failing test: what was called and what happened by itself, by the cloud's time."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from pytest_cloudfakes.exceptions import CloudFakesWarning
from pytest_cloudfakes.journal import CallRecord
from pytest_cloudfakes.timeline import instant_text

if TYPE_CHECKING:
    from pytest_cloudfakes.cloud import FakeCloud

SHOWN = 60
"""How many of the newest entries are shown."""


def account_of_calls(cloud: FakeCloud) -> str:
    """The cloud's newest calls and events, a line each, and what was still due."""
    entries = cloud.journal.entries()
    left_out = cloud.journal.count - min(len(entries), SHOWN)
    lines = [f"… {left_out} earlier entries"] if left_out else []
    day = ""
    for entry in entries[-SHOWN:]:
        date, _, time = instant_text(entry.at).partition(" ")
        if date != day:
            lines.append(date)
            day = date
        mark = " " if isinstance(entry, CallRecord) else "·"
        lines.append(f"  {time} {mark} {entry.describe()}")
    if not entries:
        lines.append("no calls")
    first_shown = entries[-SHOWN:][0].number if entries else 0
    losses = [loss for loss in cloud.journal.losses if loss.number < first_shown]
    lines += [f"lost earlier: {instant_text(loss.at)} {loss.describe()}" for loss in losses[-SHOWN:]]
    with warnings.catch_warnings():
        # A freeze that the test used may have ended, so that time went back: no news of this report's.
        warnings.simplefilter("ignore", CloudFakesWarning)
        coming = cloud.clock.upcoming()
    if coming:
        first = coming[0]
        lines.append(f"next due: {instant_text(first.at)} {first.service} {first.resource}: {first.what}")
    return "\n".join(lines)
