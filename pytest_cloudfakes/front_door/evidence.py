"""Which service, account and region a request means, found from what it says of itself.

A client's own address names no service, so there are several witnesses: the X-Amz-Target header, the path of Smithy's
RPC, the host (AWS's, or `sqs.localhost`), the credential scope of the signature (in a header or, presigned, in the
query), the action of the query protocol, and at last a path that only one REST service knows.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl

from botocore.loaders import create_loader

from pytest_cloudfakes.api import ApiError
from pytest_cloudfakes.model import service_model
from pytest_cloudfakes.protocols import HttpRequest, protocol_of
from pytest_cloudfakes.protocols.sqs_json import model_spoken
from pytest_cloudfakes.services import FAKED

if TYPE_CHECKING:
    from botocore.model import ServiceModel

_CREDENTIAL = re.compile(r"Credential=([^,\s]+)", re.IGNORECASE)
_OLD_AUTHORIZATION = re.compile(r"AWS ([^:\s]+):")
_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d{1,2}")
_LOCAL = ".localhost"
"""Names of this machine, RFC 6761."""
_SUFFIXES = (
    ".amazonaws.com.cn",
    ".amazonaws.com",
    ".amazonaws.eu",
    ".api.amazonwebservices.com.cn",
    ".api.aws",
    ".c2s.ic.gov",
    ".sc2s.sgov.gov",
    ".cloud.adc-e.uk",
    ".csp.hci.ic.gov",
    _LOCAL,
)
"""Source: botocore's partitions, DNS suffixes."""
_NO_SERVICE = {"vpce", "dualstack"}
_ALIASES = {"queue": "sqs"}
"""Names in legacy hosts: queue.amazonaws.com, eu-west-1.queue.amazonaws.com."""
_RPC_PATH = re.compile(r"(?:/.*)?/service/(?P<service>[^/]+)/operation/[^/]+/?")
"""Source: Smithy RPC v2 CBOR, requests; the path may have a prefix."""


class Scope(NamedTuple):
    """Who signed, and for what: the credential scope."""

    access_key: str | None = None
    region: str | None = None
    service: str | None = None


class HostName(NamedTuple):
    """What a host says."""

    service: str | None = None
    region: str | None = None
    before: str = ""
    """What stands before the service, such as a bucket."""


def scope_of(request: HttpRequest) -> Scope:
    """The credential scope of a request: empty where it isn't signed, or not in a way that names one."""
    authorization = request.headers.get("Authorization", "")
    query = dict(parse_qsl(request.query)) if "AWSAccessKeyId=" in request.query or "X-Amz-" in request.query else {}
    found = _CREDENTIAL.search(authorization)
    credential = found[1] if found else query.get("X-Amz-Credential")
    if credential is None:
        old = _OLD_AUTHORIZATION.match(authorization)
        return Scope(old[1] if old else query.get("AWSAccessKeyId"))
    # Key/date/region/service/aws4_request; signatures for several regions (SigV4A) leave the region out.
    parts = credential.split("/")
    if len(parts) == 5:
        return Scope(parts[0], parts[2] or None, parts[3] or None)
    return Scope(parts[0], None, parts[2] or None if len(parts) == 4 else None)


def host_name_of(request: HttpRequest) -> HostName:
    """What the Host header says; nothing for an address or a foreign name."""
    host, suffix = _parts(request.headers.get("Host", ""))
    if suffix is None:
        return HostName()
    labels = [label for label in host.removesuffix(suffix).split(".") if label not in _NO_SERVICE]
    regions = [label for label in labels[-2:] if _REGION.fullmatch(label)]
    for region in regions:
        labels.remove(region)
    service = labels.pop() if labels else ""
    service = _ALIASES.get(service, service.removesuffix("-fips"))
    return HostName(service or None, regions[0] if regions else None, ".".join(labels))


def is_host_of_aws(host: str) -> bool:
    """Whether a host is AWS's, and not one of this machine."""
    return _parts(host)[1] not in (None, _LOCAL)


def _parts(host: str) -> tuple[str, str | None]:
    """A host without its port, and by which suffix it is one that names a service."""
    host = host.lower().partition(":")[0].rstrip(".")
    return host, next((suffix for suffix in _SUFFIXES if host.endswith(suffix)), None)


def is_region(name: str) -> bool:
    """Whether it looks like the name of a region."""
    return _REGION.fullmatch(name) is not None


def with_bucket_in_path(request: HttpRequest, host: HostName) -> HttpRequest:
    """Virtual-host style as path style: bucket.s3.eu-west-1.amazonaws.com/key is /bucket/key."""
    if host.service != "s3" or not host.before:
        return request
    return HttpRequest(request.method, f"/{host.before}{request.path}", request.query, request.headers, request.body)


def find_service(request: HttpRequest, scope: Scope, host: HostName) -> str | None:
    """Botocore's name of the service that a request means; also of one that isn't faked. None if nothing tells."""
    for candidates in _testimonies(request, scope, host):
        if len(candidates) == 1:
            return candidates[0]
        if candidates:
            return next((name for name in candidates if _knows_operation(name, request)), candidates[0])
    return None


def _testimonies(request: HttpRequest, scope: Scope, host: HostName) -> Iterator[list[str]]:
    """The services that each witness names, the most reliable first."""
    target = request.headers.get("X-Amz-Target", "").rpartition(".")[0]
    if target:
        yield _faked_where(lambda model: model_spoken(model, request).metadata.get("targetPrefix") == target)
    rpc = _RPC_PATH.fullmatch(request.path)
    if rpc is not None:
        yield _faked_where(lambda model: rpc["service"] in (model.metadata.get("targetPrefix"), model.service_id))
    for name in (host.service, scope.service):
        if name is not None:
            yield _named(name)
    action, version = _action(request)
    if action is not None:
        spoken = _faked_where(lambda model: action in model.operation_names and _speaks_query(model))
        yield [name for name in spoken if version in (None, service_model(name).api_version)] or spoken
    yield [name for name in FAKED if _speaks_rest(service_model(name)) and _knows_operation(name, request)]


def _named(name: str) -> list[str]:
    """Services by the name that stands in hosts and signatures; several may share one."""
    faked = _faked_where(lambda model: name in (model.endpoint_prefix, model.signing_name, model.service_name))
    return faked or [known for known in _all_services() if known == name]


def _faked_where(condition: Callable[[ServiceModel], bool]) -> list[str]:
    return [name for name in FAKED if condition(service_model(name))]


def _knows_operation(name: str, request: HttpRequest) -> bool:
    model = service_model(name)
    try:
        protocol_of(model, request).find_operation(model, request)
    except ApiError:
        return False
    return True


def _action(request: HttpRequest) -> tuple[str | None, str | None]:
    """Action and version of the query protocol, from the query or a form."""
    texts = [request.query]
    if request.headers.get("Content-Type", "").lower().startswith("application/x-www-form-urlencoded"):
        texts.append(request.body.decode("latin-1"))
    given = {name: value for text in texts if "Action=" in text for name, value in parse_qsl(text)}
    return given.get("Action"), given.get("Version")


def _speaks_query(model: ServiceModel) -> bool:
    return model.metadata["protocol"] == "query" or "awsQueryCompatible" in model.metadata


def _speaks_rest(model: ServiceModel) -> bool:
    return str(model.metadata["protocol"]).startswith("rest")


@functools.cache
def _all_services() -> Iterable[str]:
    return frozenset(create_loader().list_available_services("service-2"))
