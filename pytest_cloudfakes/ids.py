"""The cloud's seeded source of identifiers: the same test gets the same ids, to the byte."""

from __future__ import annotations

import base64
import random
from binascii import hexlify
from collections.abc import Callable

_VERSION_4 = 0x4000 << 64 | 0x8000 << 48
_RANDOM = (1 << 128) - 1 & ~(0xF000 << 64 | 0xC000 << 48)


class Ids:
    """Identifiers in the forms that AWS uses, drawn from one seeded generator."""

    __slots__ = ("_made", "_seed", "bits")

    def __init__(self, seed: int | str | bytes) -> None:
        self._seed = seed
        self._made: dict[str, random.Random] = {}
        self.bits: Callable[[int], int] = self._first_bits
        """A number of so many random bits."""

    def _first_bits(self, count: int) -> int:
        # The generator is made when it is first needed: most clouds of a suite need few ids or none. Whichever of
        # several threads comes first, all get the same one.
        self.bits = self._made.setdefault("generator", random.Random(self._seed)).getrandbits
        return self.bits(count)

    def uuid(self) -> str:
        """A version 4 UUID in lower case with hyphens."""
        h = hexlify((self.bits(128) & _RANDOM | _VERSION_4).to_bytes(16, "big")).decode()
        return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"

    def hex(self, length: int) -> str:
        """`length` lower-case hexadecimal digits."""
        return f"{self.bits(4 * length):0{length}x}"

    def alphanumeric(self, length: int, alphabet: str = "abcdefghijklmnopqrstuvwxyz0123456789") -> str:
        """`length` characters of the alphabet (by default lower-case letters and digits)."""
        size = len(alphabet)
        return "".join(alphabet[self.bits(32) % size] for _ in range(length))

    def token(self, size: int) -> str:
        """`size` random bytes as base64 text."""
        return base64.b64encode(self.bits(8 * size).to_bytes(size, "big")).decode()
