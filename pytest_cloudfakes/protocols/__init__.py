"""The server's side of AWS's wire protocols, driven by botocore's models: bytes ⇄ parameters, answers and errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_cloudfakes.exceptions import CloudFakesError
from pytest_cloudfakes.protocols.json import Json
from pytest_cloudfakes.protocols.query import Query
from pytest_cloudfakes.protocols.rest_json import RestJson
from pytest_cloudfakes.protocols.rest_xml import RestXml
from pytest_cloudfakes.protocols.rpc_v2_cbor import RpcV2Cbor
from pytest_cloudfakes.protocols.wire import Headers, HttpAnswer, HttpRequest, Protocol

if TYPE_CHECKING:
    from botocore.model import ServiceModel

__all__ = ["Headers", "HttpAnswer", "HttpRequest", "Protocol", "protocol_for", "protocol_of"]

_ALL: tuple[Protocol, ...] = (Json(), Query(), RestJson(), RestXml(), RpcV2Cbor())
_PROTOCOLS = {protocol.name: protocol for protocol in _ALL}


def protocol_for(service_model: ServiceModel, wire_name: str | None = None) -> Protocol:
    """The protocol that botocore speaks with this service, or the one of that name."""
    name = wire_name or getattr(service_model, "resolved_protocol", None) or service_model.metadata["protocol"]
    try:
        return _PROTOCOLS[name]
    except KeyError:
        raise CloudFakesError(
            f"The wire protocol {name!r} of {service_model.service_name} is not among those that are faked: "
            f"{', '.join(sorted(_PROTOCOLS))}."
        ) from None


def protocol_of(service_model: ServiceModel, request: HttpRequest) -> Protocol:
    """The protocol that a request speaks: a service of several is told by its headers, else it is the service's own."""
    headers = request.headers
    if headers.get("smithy-protocol") == "rpc-v2-cbor":
        return protocol_for(service_model, "smithy-rpc-v2-cbor")
    if "X-Amz-Target" in headers:
        return protocol_for(service_model, "json")
    form = headers.get("Content-Type", "").lower().startswith("application/x-www-form-urlencoded")
    spoken = service_model.metadata
    if (form or "Action=" in request.query) and (spoken["protocol"] == "query" or "awsQueryCompatible" in spoken):
        return protocol_for(service_model, "query")
    return protocol_for(service_model)
