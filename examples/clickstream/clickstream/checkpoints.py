"""How far each shard was read, in SQLite, together with what was counted: both change in one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Final

FINISHED: Final = "SHARD_END"
"""The checkpoint of a shard that was read to its end."""


class Checkpoints:
    def __init__(self, path: str = ":memory:") -> None:
        self._database = sqlite3.connect(path)
        self._database.execute("CREATE TABLE IF NOT EXISTS checkpoint (shard TEXT PRIMARY KEY, number TEXT)")
        self._database.execute("CREATE TABLE IF NOT EXISTS view (page TEXT PRIMARY KEY, count INTEGER)")

    def of(self, shard: str) -> str | None:
        """The number of the last record that was counted, FINISHED, or None."""
        row = self._database.execute("SELECT number FROM checkpoint WHERE shard = ?", [shard]).fetchone()
        return row[0] if row else None

    def finished(self, shard: str) -> bool:
        return self.of(shard) == FINISHED

    def count(self, shard: str, pages: Iterable[str], checkpoint: str) -> None:
        """Count views and move the checkpoint: both, or neither."""
        with self._database:
            for page in pages:
                self._database.execute(
                    "INSERT INTO view VALUES (?, 1) ON CONFLICT (page) DO UPDATE SET count = count + 1", [page]
                )
            self._database.execute("INSERT OR REPLACE INTO checkpoint VALUES (?, ?)", [shard, checkpoint])

    def views(self) -> dict[str, int]:
        """How often each page was viewed."""
        return dict(self._database.execute("SELECT page, count FROM view ORDER BY page"))
