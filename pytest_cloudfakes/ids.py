"""The cloud's seeded source of identifiers: the same test gets the same ids, to the byte."""

from __future__ import annotations

import base64
import random


class Ids:
    """Identifiers in the forms that AWS uses, drawn from one seeded generator."""

    __slots__ = ("_random", "bits")

    def __init__(self, seed: int | str | bytes) -> None:
        self._random = random.Random(seed)
        self.bits = self._random.getrandbits

    def uuid(self) -> str:
        """A version 4 UUID in lower case with hyphens."""
        h = f"{self.bits(128):032x}"
        return f"{h[:8]}-{h[8:12]}-4{h[13:16]}-{'89ab'[int(h[16], 16) & 3]}{h[17:20]}-{h[20:]}"

    def hex(self, length: int) -> str:
        """`length` lower-case hexadecimal digits."""
        return f"{self.bits(4 * length):0{length}x}"

    def alphanumeric(self, length: int, alphabet: str = "abcdefghijklmnopqrstuvwxyz0123456789") -> str:
        """`length` characters of the alphabet (by default lower-case letters and digits)."""
        return "".join(self._random.choices(alphabet, k=length))

    def token(self, size: int) -> str:
        """`size` random bytes as base64 text."""
        return base64.b64encode(self.bits(8 * size).to_bytes(size, "big")).decode()
