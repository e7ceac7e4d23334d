"""From a request to its queue: by URL or name, in this account or another's, and whether the caller may."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from pytest_cloudfakes.api import ApiCall, ApiError
from pytest_cloudfakes.policies import Decision, Policy, evaluate, parse_policy, time_keys
from pytest_cloudfakes.services.sqs import urls
from pytest_cloudfakes.services.sqs.errors import AccessDenied, InvalidAddress, QueueDoesNotExist
from pytest_cloudfakes.services.sqs.fifo import FifoQueue
from pytest_cloudfakes.services.sqs.queue import Queue
from pytest_cloudfakes.services.sqs.rates import CallRates
from pytest_cloudfakes.services.sqs.registry import Registry

if TYPE_CHECKING:
    from pytest_cloudfakes.services.sqs.operations import Sqs


_EVERY_REQUEST = {"aws:securetransport": True}
_RATED = {
    operation + batch: operation
    for operation in ("SendMessage", "ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility")
    for batch in ("", "Batch")
}
"""The actions of a FIFO queue whose calls are counted; a batch counts as one."""


class Access:
    """How the operations of one account and region get at queues."""

    def __init__(self, service: Sqs) -> None:
        self._service = service
        self._known: dict[str, Queue] = {}
        self._enforced = service.cloud.options.policies == "enforced"
        self._rates = CallRates()

    def queue(self, call: ApiCall, url: str) -> Queue:
        """The queue of a URL, in whatever account. Errors: InvalidAddress, QueueDoesNotExist, AccessDenied."""
        queue = self._known.get(url)
        if queue is None or queue.deleted:
            queue = self._by_url(url)
        if self._enforced:
            self._authorise(call, queue)
        return queue

    def own(self, call: ApiCall, url: str) -> Queue:
        """The same for what only the owner may do, whatever the queue's policy says. Errors: AccessDenied too.

        Source: developer guide, grant cross-account permissions (operations that don't have them).
        """
        queue = self.queue(call, url)
        if queue.world is not self._service.registry:
            raise _denied(queue)
        return queue

    def named(self, call: ApiCall, account: str, name: str) -> Queue:
        """The queue of a name. Errors: QueueDoesNotExist, AccessDenied."""
        queue = self._registry(account).get(name)
        if self._enforced:
            self._authorise(call, queue)
        return queue

    def registry_of(self, queue: Queue) -> Registry:
        """Where a queue lives."""
        assert isinstance(queue.world, Registry)
        return queue.world

    def throttle(self, call: ApiCall) -> None:
        """Count a call of a FIFO queue, where AWS's own limits are on. Errors: RequestThrottled."""
        action = _RATED.get(call.operation)
        url = call.parameters.get("QueueUrl")
        if action is None or not isinstance(url, str):
            return
        try:
            queue = self._by_url(url)
        except ApiError:
            return  # the operation will say so
        if isinstance(queue, FifoQueue):
            keys: set[tuple[object, ...]] = {(action, queue)}
            if queue.settings.high_throughput:
                keys = {(action, queue, group) for group in queue.groups_of(call.parameters)}
            self._rates.count(keys, self._service.clock.now())

    def _by_url(self, url: str) -> Queue:
        self._known.pop(url, None)
        address = urls.parse(url)
        if address is None or address.region not in {None, self._service.region}:
            raise InvalidAddress(address=url)
        queue = self._registry(address.account).get(address.name)
        self._known[url] = queue
        return queue

    def _registry(self, account: str) -> Registry:
        own = self._service
        if account == own.account:
            return own.registry
        for other in own.cloud.services("sqs"):
            if other.account == account and other.region == own.region:
                return other.registry  # type: ignore[attr-defined,no-any-return]
        raise QueueDoesNotExist

    def _authorise(self, call: ApiCall, queue: Queue) -> None:
        """Let the queue's policy decide. Errors: AccessDenied.

        Other accounts and services of AWS need to be allowed by the queue. Source: developer guide, troubleshooting
        access denied.

        Deviation: identities have no policies here. Whoever calls counts as allowed by its own; from the queue's own
        account that is enough, so that there only a denial matters.
        """
        decision = Decision.NONE
        document = queue.values.get("Policy")
        caller = call.caller
        if document:
            decision = evaluate(
                _parsed(document),
                caller=caller,
                action=f"sqs:{call.operation.removesuffix('Batch')}",
                resource=queue.arn,
                context={**_EVERY_REQUEST, **time_keys(self._service.clock.now()), **caller.context},
            )
        trusted = caller.service is None and queue.world is self._service.registry
        if decision is Decision.DENY or (decision is Decision.NONE and not trusted):
            raise _denied(queue)


def _denied(queue: Queue) -> AccessDenied:
    return AccessDenied(resource=queue.url.rpartition("/")[0].rpartition("/")[0] + "/")


@lru_cache(maxsize=256)
def _parsed(document: str) -> Policy:
    """A document as it was understood; a memo, since the same one decides every call."""
    return parse_policy(document)
