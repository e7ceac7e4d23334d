"""The long way: botocore does all it does for AWS, and is answered where it would send the request.

Events, signing (with dummy credentials), retries and parsing are botocore's own; what is sent and what comes back
goes through the wire protocol of the service.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

from pytest_cloudfakes.api import ApiCall, ApiError, partition_of
from pytest_cloudfakes.faults import NetworkFault
from pytest_cloudfakes.interception.http import as_request, as_response
from pytest_cloudfakes.interception.short_way import Switchboard
from pytest_cloudfakes.protocols import HttpAnswer, HttpRequest, protocol_for
from pytest_cloudfakes.services import FAKED
from pytest_cloudfakes.targets import find_target, not_faked

if TYPE_CHECKING:
    from botocore.model import OperationModel


class Underway(threading.local):
    """What the thread's endpoint is making a request for: operation model and botocore's request context."""

    def __init__(self) -> None:
        self.requests: list[tuple[OperationModel, dict[str, Any]]] = []
        self.passing = 0
        """How many of them may go on to the network."""


def answer(switchboard: Switchboard, model: OperationModel, context: dict[str, Any], prepared: Any) -> AWSResponse:
    """Answer botocore's prepared request. Errors: NotFaked; botocore's own for a network that fails."""
    cloud = switchboard.cloud
    service = model.service_model.service_name
    region = context.get("client_region") or cloud.options.region
    request = as_request(prepared)
    caller = cloud.caller(_access_key(request))
    if service not in FAKED or find_target(service, model.name) is None:
        raise not_faked(service, model.name, region=region, account=caller.account)
    protocol = protocol_for(model.service_model)
    begun, switchboard.prepared.error = switchboard.prepared.error, None
    if begun is not None and begun[:2] == (service, model.name):
        request_id = begun[3]
        wire = protocol.encode_error(model, model.service_model, begun[2], request_id)
    else:
        request_id = cloud.ids.uuid()
        try:
            call = ApiCall(
                service,
                model.name,
                protocol.decode(model, request),
                caller=caller,
                region=region,
                partition=partition_of(region),
                request_id=request_id,
                headers=_headers_for_services(request.headers),
            )
            wire = protocol.encode(model, cloud.call(call), request_id)
            wire = HttpAnswer(model.http.get("responseCode", wire.status), wire.headers, wire.body)
        except ApiError as error:
            wire = protocol.encode_error(model, model.service_model, error, request_id)
        except NetworkFault as fault:
            raise _as_botocore_sees(fault, prepared) from None
    streamed = model.has_streaming_output or model.has_event_stream_output
    return as_response(cloud, prepared.url, wire, streamed=streamed)


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
