r"""Regular expressions of AWS's models, which are written for Java, as Python reads them.

The dialects differ in what `.` leaves out, in the reach of `\d`, `\w` and `\s` (ASCII in Java), in Unicode
classes (`\p{L}`), in nested character classes and in possessive quantifiers. What can't be translated
faithfully is never guessed: such a pattern refuses nothing, and `untranslatable` names it.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache

ASCII, UNICODE = 0x7F, sys.maxunicode
Ranges = tuple[tuple[int, int], ...]

_POSSESSIVE = sys.version_info >= (3, 11)
# Java's `.` stops at these; Python's only at the first.
_DOT = "[^\\n\\r\\u0085\\u2028\\u2029]"
_ESCAPES = {
    "z": r"\Z",
    "Z": r"(?=\n?\Z)",
    "h": "[ \\t\\xa0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000]",
}
_VERTICAL = "\\n\\x0b\\f\\r\\x85\\u2028\\u2029"
_POSIX: dict[str, Callable[[int], bool]] = {
    "Lower": lambda c: 0x61 <= c <= 0x7A,
    "Upper": lambda c: 0x41 <= c <= 0x5A,
    "ASCII": lambda c: c <= ASCII,
    "Alpha": lambda c: c <= ASCII and chr(c).isalpha(),
    "Digit": lambda c: 0x30 <= c <= 0x39,
    "Alnum": lambda c: c <= ASCII and chr(c).isalnum(),
    "Punct": lambda c: c <= ASCII and chr(c).isprintable() and not chr(c).isalnum() and c != 0x20,
    "Graph": lambda c: 0x21 <= c <= 0x7E,
    "Print": lambda c: 0x20 <= c <= 0x7E,
    "Blank": lambda c: c in {0x20, 0x09},
    "Cntrl": lambda c: c <= 0x1F or c == 0x7F,
    "XDigit": lambda c: c <= ASCII and chr(c) in "0123456789abcdefABCDEF",
    "Space": lambda c: c in {0x20, 0x09, 0x0A, 0x0B, 0x0C, 0x0D},
}
_CATEGORY = re.compile(r"(?:Is|gc=|general_category=)?([LMNPSZC][a-z]?)")
_QUANTIFIER = re.compile(r"[*+?]|\{(\d+)(,\d*)?\}")
_SURROGATES = re.compile(r"\\u(D[89AB][0-9A-F]{2})\\u(D[C-F][0-9A-F]{2})", re.IGNORECASE)
_FLAGS = re.compile(r"\(\?([a-zA-Z]+)\)")
_GROUP_NAME = re.compile(r"\(\?<([A-Za-z]\w*)>")


class Untranslatable(ValueError):
    """A pattern that Python can't be made to read as Java does."""


class JavaPattern:
    """A pattern of a model, which a value satisfies as a whole (Java's `matches`), as AWS checks it."""

    __slots__ = ("_ascii", "_unicode", "source")

    def __init__(self, source: str) -> None:
        self.source = source
        self._ascii: Callable[[str], object] | None = None
        self._unicode: Callable[[str], object] | None = None

    def matches(self, value: str) -> bool:
        """Whether the whole value is of this form; compiled when first asked.

        Unicode classes are large, so a value in plain ASCII is held against their ASCII part.
        """
        if value.isascii():
            match = self._ascii = self._ascii or _matcher(self.source, ASCII)
        else:
            match = self._unicode = self._unicode or _matcher(self.source, UNICODE)
        return match(value) is not None

    def python(self) -> str:
        """The pattern as Python reads it, for values in plain ASCII. Errors: Untranslatable."""
        return _compile(self.source, ASCII).pattern

    def __repr__(self) -> str:
        return f"JavaPattern({self.source!r})"


def untranslatable(sources: Iterable[str]) -> dict[str, str]:
    """The patterns among `sources` that refuse nothing here, each with the reason."""
    return {source: problem for source in sources if (problem := _problem(source))}


def _problem(source: str) -> str:
    try:
        _compile(source, ASCII)
    except Untranslatable as problem:
        return str(problem)
    return ""


def _matcher(source: str, limit: int) -> Callable[[str], object]:
    try:
        return _compile(source, limit).fullmatch
    except Untranslatable:
        return bool


def _compile(source: str, limit: int) -> re.Pattern[str]:
    text = _Translation(source, limit).text()
    try:
        return re.compile(text, re.ASCII)
    except (re.error, OverflowError) as error:
        raise Untranslatable(str(error)) from None


class _Translation:
    """One pass over a Java pattern."""

    def __init__(self, source: str, limit: int) -> None:
        self.source = source
        self.limit = limit
        self.at = 0
        self.dot = _DOT
        self.flags = ""

    def text(self) -> str:
        parts: list[str] = []
        while self.at < len(self.source):
            parts.append(self._token(first=not "".join(parts).strip("^")))
            parts.append(self._quantifier())
        return self.flags + "".join(parts)

    def _token(self, *, first: bool) -> str:
        char = self.source[self.at]
        if char == "\\":
            return self._escape()
        if char == "[":
            return self._character_class()
        if char == "(":
            return self._group(first=first)
        self.at += 1
        return self.dot if char == "." else char

    def _quantifier(self) -> str:
        found = _QUANTIFIER.match(self.source, self.at)
        if not found:
            return ""
        self.at = found.end()
        following = self.source[self.at : self.at + 1]
        if following not in {"+", "?"}:
            return found[0]
        self.at += 1
        if following == "?":
            return found[0] + "?"
        if found[1] and not found[2]:
            # {n}+ : nothing can be given back
            return found[0]
        if _POSSESSIVE:
            return found[0] + "+"
        raise Untranslatable("possessive quantifiers need Python 3.11")

    def _group(self, *, first: bool) -> str:
        if flags := _FLAGS.match(self.source, self.at):
            if not first or set(flags[1]) - set("isu"):
                raise Untranslatable(f"flags {flags[0]} inside a pattern")
            self.at = flags.end()
            self.dot = "." if "s" in flags[1] else self.dot
            # Python wants them before everything else, a leading ^ included.
            self.flags += "".join(f"(?{letter})" for letter in flags[1] if letter != "u")
            return ""
        if name := _GROUP_NAME.match(self.source, self.at):
            self.at = name.end()
            return f"(?P<{name[1]}>"
        opening = re.compile(r"\((?:\?(?:[:=!>]|<[=!]))?").match(self.source, self.at)
        assert opening is not None
        self.at = opening.end()
        if self.source.startswith("?", self.at):
            raise Untranslatable("an unknown kind of group")
        return opening[0]

    def _escape(self, *, in_class: bool = False) -> str:
        kind = self.source[self.at + 1 : self.at + 2]
        if kind in {"p", "P"}:
            return self._property(in_class=in_class)
        if kind == "Q":
            end = self.source.find("\\E", self.at)
            quoted = self.source[self.at + 2 : end if end >= 0 else None]
            self.at = end + 2 if end >= 0 else len(self.source)
            return re.escape(quoted)
        if kind == "x" and self.source.startswith("{", self.at + 2):
            end = self.source.index("}", self.at)
            code = int(self.source[self.at + 3 : end], 16)
            self.at = end + 1
            return f"\\U{code:08x}"
        if pair := _SURROGATES.match(self.source, self.at):
            self.at = pair.end()
            return f"\\U{0x10000 + ((int(pair[1], 16) & 0x3FF) << 10) + (int(pair[2], 16) & 0x3FF):08x}"
        self.at += 2
        if kind == "v":
            return _VERTICAL if in_class else f"[{_VERTICAL}]"
        if not in_class and kind in _ESCAPES:
            return _ESCAPES[kind]
        if not kind or (kind.isalpha() and kind not in "dDwWsSbBAtnrfaxu"):
            raise Untranslatable(f"the escape \\{kind}")
        return "\\" + kind

    def _property(self, *, in_class: bool) -> str:
        negated = self.source[self.at + 1] == "P"
        if self.source.startswith("{", self.at + 2):
            end = self.source.find("}", self.at)
            name, self.at = self.source[self.at + 3 : end], end + 1
        else:
            name, self.at = self.source[self.at + 2], self.at + 3
        text = "".join(f"\\U{low:08x}-\\U{high:08x}" for low, high in _property_ranges(name, negated, self.limit))
        if in_class:
            return text
        # No such character below the limit: a class that matches nothing.
        return f"[{text}]" if text else r"(?!)"

    def _character_class(self) -> str:
        opening = "[^" if self.source.startswith("[^", self.at) else "["
        self.at += len(opening)
        parts: list[str] = []
        after_class_escape = False
        while True:
            char = self.source[self.at : self.at + 1]
            if not char:
                raise Untranslatable("a character class without an end")
            if char == "]" and parts:
                self.at += 1
                break
            if char == "[" or self.source.startswith("&&", self.at):
                raise Untranslatable("a character class inside another")
            if char == "\\":
                kind = self.source[self.at + 1 : self.at + 2]
                parts.append(self._escape(in_class=True))
                after_class_escape = kind in set("dDwWsSpP")
                continue
            self.at += 1
            # After \w a hyphen stands for itself; two in a row, or two tildes or bars, make Python warn.
            literal = char in "~|&" or (char == "-" and (after_class_escape or self.source[self.at - 2] == "-"))
            parts.append("\\" + char if literal else char)
            after_class_escape = False
        if not any(parts):
            return r"(?!)" if opening == "[" else "[\\s\\S]"
        return opening + "".join(parts) + "]"


@cache
def _property_ranges(name: str, negated: bool, limit: int) -> Ranges:
    """The code points of a Java property class up to `limit`, as ranges."""
    test = _POSIX.get(name)
    if test is None:
        category = _CATEGORY.fullmatch(name)
        if not category:
            raise Untranslatable(f"the class \\p{{{name}}}")
        prefix = category[1]
        known = [code for code in range(limit + 1) if unicodedata.category(chr(code)).startswith(prefix) != negated]
    else:
        known = [code for code in range(limit + 1) if test(code) != negated]
    ranges: list[tuple[int, int]] = []
    for code in known:
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1] = (ranges[-1][0], code)
        else:
            ranges.append((code, code))
    return tuple(ranges)
