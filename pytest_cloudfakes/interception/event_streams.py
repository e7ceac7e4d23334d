"""Event streams as a thread reads them: each event is waited for on the cloud's clock."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol

from pytest_cloudfakes.pending import Pending
from pytest_cloudfakes.protocols.values import event_stream_of

if TYPE_CHECKING:
    from botocore.model import OperationModel

    from pytest_cloudfakes.cloud import FakeCloud

Event = dict[str, Any]


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


def opened(cloud: FakeCloud, model: OperationModel, answer: dict[str, Any]) -> Events | None:
    """Put an iterator in the place of an answer's source of events; None if it has none."""
    name = event_stream_of(model.output_shape) if model.output_shape is not None else None
    if name is None or name not in answer:
        return None
    events = answer[name] = Events(cloud, answer[name])
    return events
