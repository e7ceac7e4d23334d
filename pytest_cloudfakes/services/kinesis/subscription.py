"""A subscription to a shard: events that come by themselves, for five minutes.

The first event comes at once, whether there are records or not; each further one as soon as there are records, or after
five seconds without any. The last one of a closed shard names its children and has no continuation; then the
subscription is over. Whoever reads asks for the `next` event and gets what will answer it: how to wait for that is the
door's affair, so that a subscription is the same through each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_cloudfakes.api import ApiError
from pytest_cloudfakes.pending import Pending
from pytest_cloudfakes.services.kinesis import limits, resharding
from pytest_cloudfakes.services.kinesis.errors import ResourceNotFound, SubscriptionExists
from pytest_cloudfakes.services.kinesis.reading import read

if TYPE_CHECKING:
    from pytest_cloudfakes.services.kinesis.consumer import Consumer
    from pytest_cloudfakes.services.kinesis.shard import Shard

Event = dict[str, Any]


class Subscription:
    """An event stream that is read by `next` until that answers None. All methods need the cloud's lock."""

    def __init__(self, consumer: Consumer, shard: Shard, position: int) -> None:
        self.consumer = consumer
        self.shard = shard
        self.position = position
        """Where the next event begins."""
        self._clock = consumer.stream.world.clock
        self.begun = self._clock.now()
        self.ends = self.begun + limits.SUBSCRIPTION_LIFE
        self.events = 0
        """How many there were."""
        self._due = self.begun
        """When the next event comes even without records."""
        self._not_before = self.begun
        self._closed = False
        self._error: ApiError | None = None
        self._waiting: Pending[Event | None] | None = None

    @property
    def active(self) -> bool:
        """Whether events may still come."""
        return not self._closed and self._error is None and self._clock.now() < self.ends

    def next(self) -> Pending[Event | None]:
        """The next event, or None when it is over. Errors: ResourceInUse- and ResourceNotFoundException.

        One at a time: who asks again before the answer gets the same one.
        """
        if self._waiting is not None and not self._waiting.done:
            return self._waiting
        now = self._clock.now()
        answer: Pending[Event | None] = Pending()
        if self._ready(now):
            self._give(answer, now)
            return answer
        self._waiting = answer = self._clock.pending(
            self._alarm(now),
            self._at_alarm,
            service="kinesis",
            resource=self.consumer.stream.name,
            what=f"a subscription of {self.consumer.name} to {self.shard.shard_id} has an event",
        )
        if self._has_more():
            return answer
        self.shard.waiters[self] = self._look
        return answer

    def close(self) -> None:
        """The reader has gone, or there is nothing to be read any more."""
        self._closed = True
        self.shard.waiters.pop(self, None)
        self._look()

    def give_way(self) -> None:
        """Another subscription has taken over. Source: model, SubscribeToShard ("expires or fails")."""
        stream = self.consumer.stream
        outcomes = ("expires", "fails")
        if stream.world.schedule.choose("kinesis.subscription.superseded", outcomes) == "fails":
            self._error = stream.error(SubscriptionExists, shard=self.shard.shard_id, consumer=self.consumer.name)
        self.close()

    # ── how it works ─────────────────────────────────────────────────────────────────────────────────────────────

    def _over(self, now: int) -> bool:
        return self._closed or self._error is not None or now >= self.ends or self.consumer.stream.deleted

    def _has_more(self) -> bool:
        """Whether there is more than an empty event to be seen."""
        return self.position < self.shard.log.end or not self.shard.is_open

    def _ready(self, now: int) -> bool:
        if self._over(now) or now >= self._due:
            return True
        return now >= self._not_before and self._has_more()

    def _alarm(self, now: int) -> int:
        """When it is worth a look even if nothing is written."""
        due = self._not_before if self._has_more() and now < self._not_before else self._due
        return min(due, self.ends)

    def _look(self) -> None:
        """Something has happened to the shard, or to the subscription."""
        waiting = self._waiting
        if waiting is None or waiting.done:
            return
        now = self._clock.now()
        if self._ready(now):
            self._give(waiting, now)
        elif self._has_more() and waiting.timer is not None:
            # The pipe is still full: look again when it isn't.
            self._clock.at(
                self._not_before,
                self._look,
                service="kinesis",
                resource=self.consumer.stream.name,
                what=f"a subscription of {self.consumer.name} to {self.shard.shard_id} goes on",
            )
        else:
            self.shard.waiters[self] = self._look

    def _at_alarm(self) -> Event | None:
        now = self._clock.now()
        if not self._over(now):
            return self._event(now)
        self._end()
        return None

    def _give(self, waiting: Pending[Event | None], now: int) -> None:
        if not self._over(now):
            waiting.answer(self._event(now))
            return
        try:
            self._end()
        except ApiError as error:
            waiting.fail(error)
        else:
            waiting.answer(None)

    def _end(self) -> None:
        """Nothing more comes. Errors: why, if not because it is over."""
        error, self._error = self._error, None
        self._closed = True
        self.shard.waiters.pop(self, None)
        stream = self.consumer.stream
        if error is not None:
            raise error
        if stream.deleted and self._clock.now() < self.ends:
            raise stream.error(ResourceNotFound)

    def _event(self, now: int) -> Event:
        shard = self.shard
        batch = read(shard, self.position, limits.MAXIMUM_RECORDS_READ, now, maximum=limits.EVENT_BYTES)
        self.position = batch.position
        self.events += 1
        self._due = now + limits.EVENT_INTERVAL
        if self.consumer.stream.world.metered:
            self._not_before = now + -(-batch.size * limits.SECOND // limits.EVENT_BYTES)
        event: Event = {"Records": batch.records, "MillisBehindLatest": batch.behind}
        if batch.at_end:
            self._closed = True
            event["ChildShards"] = resharding.children(shard)
        else:
            event["ContinuationSequenceNumber"] = shard.place_before(batch.position, now)
        return {"SubscribeToShardEvent": event}

    def __repr__(self) -> str:
        return f"<subscription of {self.consumer.name} to {self.shard.shard_id}>"
