"""What doors and protocols hand to each other: a request, an answer, and the interface of a protocol."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from pytest_cloudfakes.api import ApiError

if TYPE_CHECKING:
    from botocore.model import OperationModel, ServiceModel

Body = bytes | Iterator[bytes]


class Headers(Mapping[str, str]):
    """Headers of a request: looked up in any spelling of their name, listed in the spelling of the sender."""

    __slots__ = ("_items",)

    def __init__(self, items: Iterable[tuple[str, str | bytes]] = ()) -> None:
        self._items: dict[str, tuple[str, str]] = {}
        for name, value in items:
            text = value.decode("latin-1") if isinstance(value, bytes) else value
            lower = name.lower()
            # A header that is sent twice is a list, RFC 9110 section 5.3.
            before = self._items.get(lower)
            self._items[lower] = (name, f"{before[1]},{text}") if before else (name, text)

    def __getitem__(self, name: str) -> str:
        return self._items[name.lower()][1]

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._items.values())

    def __len__(self) -> int:
        return len(self._items)

    def __repr__(self) -> str:
        return f"Headers({list(self._items.values())!r})"


@dataclass(slots=True)
class HttpRequest:
    """A request as it comes from the wire.

    path: percent-encoded, for virtual-host addressing already with the bucket in front. query: without the question
    mark. headers: looked up in any case. body: without transfer encoding.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class HttpAnswer:
    """An answer for the wire. A body that is an iterator is an event stream or another streamed body."""

    status: int
    headers: dict[str, str]
    body: Body


def whole(status: int, headers: dict[str, str], body: bytes) -> HttpAnswer:
    """An answer whose length is known."""
    headers["Content-Length"] = str(len(body))
    return HttpAnswer(status, headers, body)


class Protocol(ABC):
    """One of AWS's wire protocols, seen from the server."""

    name: ClassVar[str]
    """As botocore's models call it, such as "rest-json"."""

    @abstractmethod
    def find_operation(self, service_model: ServiceModel, request: HttpRequest) -> str:
        """The name of the operation that is asked for; raises the protocol's own error where there is none."""

    @abstractmethod
    def decode(self, operation_model: OperationModel, request: HttpRequest) -> dict[str, Any]:
        """The parameters by the API's names; raises the protocol's own error for broken input, and no other."""

    @abstractmethod
    def encode(self, operation_model: OperationModel, answer: Mapping[str, Any], request_id: str) -> HttpAnswer:
        """The answer for the wire, from a mapping in botocore's parsed form."""

    @abstractmethod
    def encode_error(
        self, operation_model: OperationModel | None, service_model: ServiceModel, error: ApiError, request_id: str
    ) -> HttpAnswer:
        """The error for the wire; without an operation where none was found."""
