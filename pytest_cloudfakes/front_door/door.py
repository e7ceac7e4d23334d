"""A request from the wire as a call to the cloud, and the cloud's answer for the wire."""

from __future__ import annotations

import email.utils
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from pytest_cloudfakes.api import ApiCall, ApiError, Caller, InternalFailure, partition_of
from pytest_cloudfakes.exceptions import CloudFakesError
from pytest_cloudfakes.faults import NetworkFault
from pytest_cloudfakes.front_door.addresses import led_back
from pytest_cloudfakes.front_door.errors import NotFakedHere, RequestEntityTooLarge
from pytest_cloudfakes.front_door.evidence import (
    HostName,
    Scope,
    find_service,
    host_name_of,
    scope_of,
    with_bucket_in_path,
)
from pytest_cloudfakes.front_door.limits import DEFAULT, OF_SERVICE
from pytest_cloudfakes.front_door.pages import page
from pytest_cloudfakes.model import service_model
from pytest_cloudfakes.pending import Pending
from pytest_cloudfakes.protocols import HttpAnswer, HttpRequest, protocol_for, protocol_of
from pytest_cloudfakes.protocols.sqs_json import model_spoken
from pytest_cloudfakes.protocols.values import event_stream_of
from pytest_cloudfakes.protocols.wire import whole
from pytest_cloudfakes.services import FAKED

if TYPE_CHECKING:
    from botocore.model import OperationModel, ServiceModel

    from pytest_cloudfakes.cloud import FakeCloud
    from pytest_cloudfakes.interception.event_streams import Event, EventSource

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Client(Protocol):
    """The other end of a connection, as far as the door has to know."""

    def has_left(self) -> bool:
        """Whether the client closed the connection."""


class ClientLeft(Exception):
    """The client closed the connection before there was an answer."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request comes from: who asks, in which region, and over which connection."""

    caller: Caller
    region: str
    client: Client


class FrontDoor:
    """What stands between one cloud and its HTTP clients."""

    def __init__(self, cloud: FakeCloud) -> None:
        self.cloud = cloud
        self._waiting: set[Pending[Any]] = set()

    def answer(self, request: HttpRequest, client: Client, broken: ApiError | None = None) -> HttpAnswer:
        """Answer a request; `broken` says what is wrong with it already. Errors: NetworkFault, ClientLeft."""
        cloud = self.cloud
        scope, host = scope_of(request), host_name_of(request)
        shown = page(cloud, request, scope, host) if broken is None else None
        answer = self._answer_to_call(request, scope, host, client, broken) if shown is None else shown
        answer.headers["Date"] = email.utils.formatdate(cloud.clock.now() // 1000, usegmt=True)
        return answer

    def reset(self) -> None:
        """Let the cloud be as new. Calls that wait for something of the old one are broken off."""
        with self.cloud.lock:
            self.cloud.reset()
            for pending in list(self._waiting):
                pending.fail(NetworkFault("connection lost"))

    def _answer_to_call(
        self, request: HttpRequest, scope: Scope, host: HostName, client: Client, broken: ApiError | None
    ) -> HttpAnswer:
        cloud = self.cloud
        with cloud.lock:
            request_id = cloud.ids.uuid()
        service = find_service(request, scope, host)
        limit = OF_SERVICE.get(service or "", DEFAULT)
        if broken is None and len(request.body) > limit:
            broken = RequestEntityTooLarge(limit=limit)
        if service is None:
            return _names_no_service(request_id, broken)
        origin = Origin(cloud.caller(scope.access_key), scope.region or host.region or cloud.options.region, client)
        request = with_bucket_in_path(request, host)
        return self._answer_of(model_spoken(service_model(service), request), request, request_id, origin, broken)

    def _answer_of(
        self, service: ServiceModel, request: HttpRequest, request_id: str, origin: Origin, broken: ApiError | None
    ) -> HttpAnswer:
        operation: OperationModel | None = None
        if broken is not None:
            return _error(service, operation, broken, request, request_id)
        try:
            protocol = protocol_of(service, request)
            operation = service.operation_model(protocol.find_operation(service, request))
            call = _call(operation, protocol.decode(operation, request), request, request_id, origin)
            result = led_back(call.service, call.operation, self._ask(call, origin.client), request)
            result = self._with_events(operation, result, origin.client)
            answer = protocol.encode(operation, result, request_id)
        except ApiError as error:
            # Whatever is wrong with a request to what isn't faked, that is what its author has to know.
            shown = error if service.service_name in FAKED else _not_faked(service)
            return _error(service, operation, shown, request, request_id)
        except CloudFakesError as error:
            shown = NotFakedHere(str(error)) if service.service_name in FAKED else _not_faked(service)
            return _error(service, operation, shown, request, request_id)
        except (ClientLeft, NetworkFault):
            raise
        except Exception:  # noqa: BLE001 - a client of another process gets an answer, whatever went wrong here
            _log.exception("%s failed for a client of the HTTP front door", operation or service)
            return _error(service, operation, InternalFailure(), request, request_id)
        return HttpAnswer(operation.http.get("responseCode", answer.status), answer.headers, answer.body)

    def _ask(self, call: ApiCall, client: Client) -> dict[str, Any]:
        with self.cloud.lock:
            answer = self.cloud.handle_call(call)
            return self._wait(answer, client) if isinstance(answer, Pending) else answer

    def _with_events(self, operation: OperationModel, answer: Mapping[str, Any], client: Client) -> Mapping[str, Any]:
        """The answer with the events of its source, if it has one, each as it comes."""
        stream = event_stream_of(operation.output_shape) if operation.output_shape is not None else None
        if stream is None or stream not in answer:
            return answer
        return {**answer, stream: self._events(answer[stream], client)}

    def _events(self, source: EventSource, client: Client) -> Iterator[Event]:
        clock, lock = self.cloud.clock, self.cloud.lock
        try:
            while True:
                with lock:
                    clock.refresh()
                    event = self._wait(source.next(), client)
                if event is None:
                    return
                yield event
        finally:
            with lock:
                source.close()

    def _wait(self, pending: Pending[T], client: Client) -> T:
        """Wait until there is an answer.

        Deviation: a client that closes its connection while its call waits takes no message. AWS doesn't notice, and
        hides it.
        """
        left = False

        def look() -> None:
            nonlocal left
            if not left and client.has_left():
                left = True
                pending.cancel()

        self._waiting.add(pending)
        try:
            answer = self.cloud.clock.wait(pending, look)
            look()  # it may have left in the moment in which the answer came
        finally:
            self._waiting.discard(pending)
        if left:
            raise ClientLeft
        return answer


def _call(
    operation: OperationModel, parameters: dict[str, Any], request: HttpRequest, request_id: str, origin: Origin
) -> ApiCall:
    trace = request.headers.get("X-Amzn-Trace-Id")
    return ApiCall(
        operation.service_model.service_name,
        operation.name,
        parameters,
        caller=origin.caller,
        region=origin.region,
        partition=partition_of(origin.region),
        request_id=request_id,
        headers={} if trace is None else {"X-Amzn-Trace-Id": trace},
    )


def _error(
    service: ServiceModel, operation: OperationModel | None, error: ApiError, request: HttpRequest, request_id: str
) -> HttpAnswer:
    try:
        protocol = protocol_of(service, request)
    except CloudFakesError:
        # A protocol that isn't spoken here, since nothing of this service is faked.
        protocol = protocol_for(service, "json")
    return protocol.encode_error(operation, service, error, request_id)


def _not_faked(service: ServiceModel) -> NotFakedHere:
    return NotFakedHere(f"{service.service_name} isn't faked. Faked services: {', '.join(sorted(FAKED))}.")


def _names_no_service(request_id: str, broken: ApiError | None) -> HttpAnswer:
    """The answer to a request that doesn't say what it is for, as AWS gives it, with a word to who reads it."""
    status, text = (broken.status, broken.text) if broken is not None else (404, _NAMES_NO_SERVICE)
    body = f"<UnknownOperationException><Message>{text}</Message></UnknownOperationException>\n"
    return whole(status, {"x-amzn-RequestId": request_id, "Content-Type": "text/xml"}, body.encode())


_NAMES_NO_SERVICE = (
    "This is the HTTP front door of a fake AWS. The request names no service: "
    "neither a target, a signature, a host nor an action does."
)
