"""A request from the wire as a call to the cloud, and the cloud's answer for the wire."""

from __future__ import annotations

import email.utils
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from pytest_cloudfakes.api import ApiCall, ApiError, InternalFailure, partition_of
from pytest_cloudfakes.exceptions import CloudFakesError
from pytest_cloudfakes.faults import NetworkFault
from pytest_cloudfakes.front_door.errors import NotFakedHere
from pytest_cloudfakes.front_door.evidence import Scope, find_service, host_name_of, scope_of, with_bucket_in_path
from pytest_cloudfakes.model import service_model
from pytest_cloudfakes.pending import Pending
from pytest_cloudfakes.protocols import HttpAnswer, HttpRequest, protocol_for, protocol_of
from pytest_cloudfakes.protocols.wire import whole

if TYPE_CHECKING:
    from botocore.model import OperationModel, ServiceModel

    from pytest_cloudfakes.cloud import FakeCloud

_log = logging.getLogger(__name__)


class Client(Protocol):
    """The other end of a connection, as far as the door has to know."""

    def has_left(self) -> bool:
        """Whether the client closed the connection."""


class ClientLeft(Exception):
    """The client closed the connection before there was an answer."""


class FrontDoor:
    """What stands between one cloud and its HTTP clients."""

    def __init__(self, cloud: FakeCloud) -> None:
        self.cloud = cloud

    def answer(self, request: HttpRequest, client: Client, broken: ApiError | None = None) -> HttpAnswer:
        """Answer a request; `broken` says what is wrong with it already. Errors: NetworkFault, ClientLeft."""
        cloud = self.cloud
        with cloud.lock:
            request_id = cloud.ids.uuid()
        scope, host = scope_of(request), host_name_of(request)
        service = find_service(request, scope, host)
        if service is None:
            answer = unknown(request_id, broken)
        else:
            region = scope.region or host.region or cloud.options.region
            request = with_bucket_in_path(request, host)
            answer = _Asked(cloud, request, scope, region, request_id, client).of(service, broken)
        answer.headers["Date"] = email.utils.formatdate(cloud.clock.now() // 1000, usegmt=True)
        return answer


class _Asked:
    """One request and where it leads."""

    def __init__(
        self, cloud: FakeCloud, request: HttpRequest, scope: Scope, region: str, request_id: str, client: Client
    ) -> None:
        self.cloud = cloud
        self.request = request
        self.caller = cloud.caller(scope.access_key)
        self.region = region
        self.request_id = request_id
        self.client = client

    def of(self, service: str, broken: ApiError | None) -> HttpAnswer:
        """The answer of a service; `broken` says what is wrong with the request before anybody reads it."""
        model = service_model(service)
        operation: OperationModel | None = None
        try:
            if broken is not None:
                raise broken
            protocol = protocol_of(model, self.request)
            operation = model.operation_model(protocol.find_operation(model, self.request))
            answer = self._ask(service, operation, protocol.decode(operation, self.request))
            wire = protocol.encode(operation, answer, self.request_id)
            return HttpAnswer(operation.http.get("responseCode", wire.status), wire.headers, wire.body)
        except ApiError as error:
            return self._error(model, operation, error)
        except CloudFakesError as error:
            return self._error(model, operation, NotFakedHere(str(error)))
        except (ClientLeft, NetworkFault):
            raise
        except Exception:
            _log.exception("%s failed for a client of the HTTP front door", service)
            return self._error(model, operation, InternalFailure())

    def _ask(self, service: str, operation: OperationModel, parameters: dict[str, Any]) -> Mapping[str, Any]:
        trace = self.request.headers.get("X-Amzn-Trace-Id")
        call = ApiCall(
            service,
            operation.name,
            parameters,
            caller=self.caller,
            region=self.region,
            partition=partition_of(self.region),
            request_id=self.request_id,
            headers={} if trace is None else {"X-Amzn-Trace-Id": trace},
        )
        with self.cloud.lock:
            answer = self.cloud.handle_call(call)
            return self._wait(answer) if isinstance(answer, Pending) else answer

    def _wait(self, pending: Pending[dict[str, Any]]) -> dict[str, Any]:
        """Wait until there is an answer. A client that leaves meanwhile takes nothing with it."""
        left = False

        def look() -> None:
            nonlocal left
            if not left and self.client.has_left():
                left = True
                pending.cancel()

        answer = self.cloud.clock.wait(pending, look)
        look()  # it may have left in the moment in which the answer came
        if left:
            raise ClientLeft
        return answer

    def _error(self, model: ServiceModel, operation: OperationModel | None, error: ApiError) -> HttpAnswer:
        try:
            protocol = protocol_of(model, self.request)
        except CloudFakesError:
            # A protocol that isn't spoken here, so nothing of this service is.
            protocol = protocol_for(service_model("sqs"), "json")
        return protocol.encode_error(operation, model, error, self.request_id)


def unknown(request_id: str, broken: ApiError | None) -> HttpAnswer:
    """The answer to a request that doesn't say what it is for, as AWS gives it, with a word to who reads it."""
    status, text = (broken.status, broken.text) if broken is not None else (404, _NAMES_NO_SERVICE)
    body = f"<UnknownOperationException><Message>{text}</Message></UnknownOperationException>\n"
    return whole(status, {"x-amzn-RequestId": request_id, "Content-Type": "text/xml"}, body.encode())


_NAMES_NO_SERVICE = (
    "This is the HTTP front door of a fake AWS. The request names no service: no target, signature, host or action does."
)
