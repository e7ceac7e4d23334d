"""The long way: botocore does all it does for AWS, and is answered where it would send the request.

Events, signing (with dummy credentials), retries and parsing are botocore's own; what is sent and what comes back
goes through the wire protocol of the service.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

from pytest_cloudfakes.api import ApiCall, ApiError, partition_of
from pytest_cloudfakes.faults import NetworkFault
from pytest_cloudfakes.interception.event_streams import Events, opened
from pytest_cloudfakes.interception.http import as_request, as_response
from pytest_cloudfakes.interception.short_way import BEGUN, Switchboard
from pytest_cloudfakes.protocols import HttpAnswer, HttpRequest, protocol_for
from pytest_cloudfakes.services import FAKED
from pytest_cloudfakes.targets import find_target, not_faked

if TYPE_CHECKING:
    from botocore.model import OperationModel


UNDERWAY: ContextVar[tuple[OperationModel, dict[str, Any]] | None] = ContextVar("cloudfakes_underway", default=None)
"""What an endpoint makes a request for here: operation model and botocore's request context; None between calls."""

PASSING: ContextVar[bool] = ContextVar("cloudfakes_passing", default=False)
"""Whether a request may go on to where it would go without a cloud."""


class Exchange:
    """A prepared request of botocore's, and what comes back for it."""

    def __init__(self, switchboard: Switchboard, prepared: Any, kind_of_events: type[Events] = Events) -> None:
        underway = UNDERWAY.get()
        assert underway is not None
        self._cloud = switchboard.cloud
        self._model, context = underway
        self._prepared = prepared
        self._kind_of_events = kind_of_events
        self.events: Events | None = None
        """The events of a stream that is the answer."""
        self._protocol = protocol_for(self._model.service_model)
        self._request = as_request(prepared)
        self._region = context.get("client_region") or self._cloud.options.region
        self._caller = self._cloud.caller(_access_key(self._request))
        service = self._model.service_model.service_name
        if service not in FAKED or find_target(service, self._model.name) is None:
            raise not_faked(service, self._model.name, region=self._region, account=self._caller.account)
        begun = BEGUN.get()
        BEGUN.set(None)
        self._begun = begun[2] if begun is not None and begun[:2] == (service, self._model.name) else None
        self._request_id = begun[3] if begun is not None and self._begun is not None else self._cloud.ids.uuid()

    def call(self) -> ApiCall:
        """What is asked for. Errors: ApiError, if it can't be read or the short way found one already."""
        if self._begun is not None:
            raise self._begun
        return ApiCall(
            self._model.service_model.service_name,
            self._model.name,
            self._protocol.decode(self._model, self._request),
            caller=self._caller,
            region=self._region,
            partition=partition_of(self._region),
            request_id=self._request_id,
            headers=_headers_for_services(self._request.headers),
        )

    def answered(self, answer: dict[str, Any]) -> HttpAnswer:
        """The answer as it comes back over the wire; the events of a stream as they are read."""
        self.events = opened(self._kind_of_events, self._cloud, self._model, answer)
        wire = self._protocol.encode(self._model, answer, self._request_id)
        return HttpAnswer(self._model.http.get("responseCode", wire.status), wire.headers, wire.body)

    def failed(self, error: ApiError | NetworkFault) -> HttpAnswer:
        """The error as it comes back over the wire. Errors: botocore's own for a network that fails."""
        if isinstance(error, NetworkFault):
            raise _as_botocore_sees(error, self._prepared) from None
        return self._protocol.encode_error(self._model, self._model.service_model, error, self._request_id)

    def response(self, wire: HttpAnswer) -> AWSResponse:
        """What botocore's endpoint takes for a response."""
        streamed = self._model.has_streaming_output or self._model.has_event_stream_output
        close = None if self.events is None else self.events.close
        return as_response(self._cloud, self._prepared.url, wire, streamed=streamed, close=close)


def answer(switchboard: Switchboard, prepared: Any) -> AWSResponse:
    """Answer botocore's prepared request. Errors: NotFaked; botocore's own for a network that fails."""
    exchange = Exchange(switchboard, prepared)
    try:
        wire = exchange.answered(switchboard.cloud.call(exchange.call()))
    except (ApiError, NetworkFault) as error:
        wire = exchange.failed(error)
    return exchange.response(wire)


def passes_through(switchboard: Switchboard) -> bool:
    """Whether the call that is underway goes on to where it would go without a cloud."""
    underway = UNDERWAY.get()
    passthrough = switchboard.cloud.options.passthrough
    return bool(passthrough) and underway is not None and underway[0].service_model.service_name in passthrough


def _headers_for_services(headers: Mapping[str, str]) -> Mapping[str, str]:
    """The headers that a service may look at."""
    trace = headers.get("X-Amzn-Trace-Id")
    return {} if trace is None else {"X-Amzn-Trace-Id": trace}


def _as_botocore_sees(fault: NetworkFault, prepared: Any) -> Exception:
    error: Exception
    if fault.kind == "time out":
        error = ReadTimeoutError(endpoint_url=prepared.url)
    else:
        error = ConnectionClosedError(endpoint_url=prepared.url, request=prepared)
    return error


def _access_key(request: HttpRequest) -> str | None:
    """The access key that the request was signed with."""
    found = _CREDENTIAL.search(request.headers.get("Authorization", ""))
    return found.group(1) if found else None


_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/")


def host_of(url: str) -> str:
    """The host of a URL."""
    return urlsplit(url).hostname or ""
