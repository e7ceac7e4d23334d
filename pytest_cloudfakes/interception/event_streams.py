"""Event streams as they are read: each event is waited for on the cloud's clock."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from pytest_cloudfakes import awaiting
from pytest_cloudfakes.api import ApiError
from pytest_cloudfakes.pending import Pending
from pytest_cloudfakes.protocols.values import event_stream_of

if TYPE_CHECKING:
    from botocore.model import OperationModel

    from pytest_cloudfakes.cloud import FakeCloud

Event = dict[str, Any]
E = TypeVar("E", bound="Events")


class EventSource(Protocol):
    """What a service answers where an event stream belongs. It needs the cloud's lock."""

    def next(self) -> Pending[Event | None]:
        """The next event, or None when there are no more. Errors: ApiError."""

    def close(self) -> None:
        """The reader has gone: what waits for an event gets None."""


class Events(Iterator[Event]):
    """The events of a source, one after the other. They end when the cloud goes off."""

    def __init__(self, cloud: FakeCloud, source: EventSource) -> None:
        self._cloud = cloud
        self._source = source
        cloud.at_exit(self.close)

    def __next__(self) -> Event:
        cloud = self._cloud
        with cloud.lock:
            cloud.clock.refresh()
            event = cloud.clock.wait(self._source.next())
        if event is None:
            raise StopIteration
        return event

    def close(self) -> None:
        """No more of them are wanted."""
        with self._cloud.lock:
            self._source.close()


class AwaitedEvents(Events):
    """The same for who awaits them: an event is fetched first, and an empty one says that this has to be done."""

    def __init__(self, cloud: FakeCloud, source: EventSource) -> None:
        super().__init__(cloud, source)
        self._fetched: list[Event | ApiError | None] = []

    async def fetch(self) -> None:
        """Wait for the next event."""
        cloud = self._cloud
        with cloud.lock:
            cloud.clock.refresh()
            pending: Pending[Any] = self._source.next()
        try:
            self._fetched.append(await awaiting.wait(cloud.clock, pending))
        except ApiError as error:
            self._fetched.append(error)

    def __next__(self) -> Event:
        if not self._fetched:
            return {}
        event = self._fetched.pop()
        if event is None:
            raise StopIteration
        if isinstance(event, ApiError):
            raise event
        return event


def opened(kind: type[E], cloud: FakeCloud, model: OperationModel, answer: dict[str, Any]) -> E | None:
    """Put an iterator in the place of an answer's source of events; None if it has none."""
    name = event_stream_of(model.output_shape) if model.output_shape is not None else None
    if name is None or name not in answer:
        return None
    events = answer[name] = kind(cloud, answer[name])
    return events
