"""What views show of several things: a list that can't be changed."""

from __future__ import annotations

from typing import SupportsIndex, TypeVar, overload

T_co = TypeVar("T_co", covariant=True)


class FrozenList(tuple[T_co, ...]):
    """A tuple that looks like a list, and equals the list of the same items: `queue.visible == []` is what it says."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return tuple.__eq__(self, tuple(other) if isinstance(other, list) else other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = tuple.__hash__

    @overload
    def __getitem__(self, key: SupportsIndex) -> T_co: ...

    @overload
    def __getitem__(self, key: slice) -> FrozenList[T_co]: ...

    def __getitem__(self, key: SupportsIndex | slice) -> T_co | FrozenList[T_co]:
        found = super().__getitem__(key)
        return FrozenList(found) if isinstance(key, slice) else found  # type: ignore[arg-type, return-value]

    def __repr__(self) -> str:
        return f"[{', '.join(map(repr, self))}]"
