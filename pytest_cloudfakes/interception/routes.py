"""What is known of one operation of one client: a `Route`.

It is found out anew when a handler was registered or removed, or the client got other credentials.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.endpoint import Endpoint
from botocore.parsers import ResponseParserFactory

from pytest_cloudfakes.api import ApiError, partition_of
from pytest_cloudfakes.interception.http import content_type, date_header, in_process_headers
from pytest_cloudfakes.interception.pristine import foreign_handlers, handlers_of
from pytest_cloudfakes.interception.validation import surely_valid
from pytest_cloudfakes.protocols import protocol_for
from pytest_cloudfakes.targets import find_target

if TYPE_CHECKING:
    from pytest_cloudfakes.cloud import FakeCloud

_RETRYABLE_CODES = frozenset(
    [
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestThrottledException",
        "RequestThrottled",
        "TooManyRequestsException",
        "ProvisionedThroughputExceededException",
        "TransactionInProgressException",
        "RequestLimitExceeded",
        "BandwidthLimitExceeded",
        "LimitExceededException",
        "SlowDown",
        "PriorRequestNotComplete",
        "EC2ThrottledException",
        "RequestTimeout",
        "RequestTimeoutException",
    ]
)
_PARSERS = ResponseParserFactory()
_ENDPOINT: Any = Endpoint
_EXAMPLE_TEXT = "the text of an error"


class Route:
    """What is known of one operation of one client."""

    __slots__ = (
        "accepts",
        "after_call",
        "caller",
        "checked",
        "chooses_by_query_error_code",
        "content_type",
        "credentials",
        "emit_parameters",
        "examples",
        "lookup_cache",
        "model",
        "partition",
        "quota",
        "region",
        "service",
        "service_id",
        "short",
        "status",
        "target",
        "unsaid_when_empty",
    )

    def __init__(self, cloud: FakeCloud, client: Any, operation: str) -> None:
        self.service: str = client._service_model.service_name
        self.model = client._service_model.operation_model(operation)
        self.service_id: str = client._service_model.service_id.hyphenize()
        self.region: str = client.meta.region_name or cloud.options.region
        self.partition = partition_of(self.region)
        self.target = find_target(self.service, operation)
        self.content_type = content_type(self.model.service_model)
        self.status: int = self.model.http.get("responseCode", 200)
        self.credentials = client._request_signer._credentials
        self.caller = cloud.caller(access_key_of(self.credentials))
        self.unsaid_when_empty = unsaid_when_empty(self.model)
        shape = self.model.input_shape
        self.accepts = surely_valid(shape) if shape is not None else None
        """What says True only of parameters that botocore's validation and the wire leave as they are."""
        emitter = client.meta.events
        self.lookup_cache = lookup_cache(emitter)
        event = f"{self.service_id}.{operation}"
        self.emit_parameters = bool(
            handlers_of(emitter, f"provide-client-params.{event}")
        ) or self._parameters_are_built(emitter, event)
        after_call = list(handlers_of(emitter, f"after-call.{event}") or ())
        self.after_call = [each for each in after_call if getattr(each, "__name__", "") != _SQS_ERRORS]
        self.quota = _quota_of(self.after_call)
        self.chooses_by_query_error_code = _OLD_CHOICE or len(self.after_call) < len(after_call)
        self.checked = False
        """Whether botocore was asked for the endpoint: it refuses some options, and regions without the service."""
        self.examples: dict[type[ApiError], dict[str, Any]] = {}
        self.short = (
            self.target is not None
            and self.service not in cloud.options.passthrough
            and self.lookup_cache is not None
            and not foreign_handlers(emitter, event)
            and not self.model.has_event_stream_output
            and not self.model.has_streaming_output
            and not self.model.has_streaming_input
        )

    def _parameters_are_built(self, emitter: Any, event: str) -> bool:
        """Whether a handler would do anything to the parameters of this operation."""
        idle = {"_handle_request_validation_mode_member"}
        if not self.model.idempotent_members:
            idle.add("generate_idempotent_uuid")
        handlers = handlers_of(emitter, f"before-parameter-build.{event}") or ()
        return any(getattr(each, "__name__", "") not in idle for each in handlers)

    def tells(self, status: int) -> bool:
        """Whether a handler of the event after a call would do anything."""
        quota = self.quota
        if quota is None:
            return bool(self.after_call)
        # It gives back what retries took, after calls that went well.
        return status < 300 and quota._available_capacity != quota._max_capacity

    def context(self, client: Any) -> dict[str, Any]:
        """The context that botocore gives to handlers."""
        return {
            "client_region": client.meta.region_name,
            "client_config": client.meta.config,
            "has_streaming_input": self.model.has_streaming_input,
            "auth_type": self.model.auth_type,
        }

    def parsed_error(self, cloud: FakeCloud, client: Any, error: ApiError, request_id: str) -> dict[str, Any]:
        """The error as botocore's own parser reads it from the wire; the same kind of error is read only once."""
        kind = type(error)
        if kind.members:
            return self._parse(cloud, client, error, request_id)
        example = self.examples.get(kind)
        if example is None:
            example = self.examples[kind] = self._parse(cloud, client, kind(_EXAMPLE_TEXT), request_id)
        metadata = example["ResponseMetadata"]
        parsed: dict[str, Any] = {
            name: error.text if value == _EXAMPLE_TEXT else value for name, value in example.items()
        }
        parsed["Error"] = {
            name: error.text if value == _EXAMPLE_TEXT else value for name, value in example["Error"].items()
        }
        headers = {
            **metadata["HTTPHeaders"],
            "x-amzn-requestid": request_id,
            "date": date_header(cloud.clock.latest),
        }
        parsed["ResponseMetadata"] = {**metadata, "RequestId": request_id, "HTTPHeaders": headers}
        return parsed

    def exception(self, client: Any, parsed: dict[str, Any]) -> Exception:
        """The modelled exception, chosen as this botocore chooses it."""
        error = parsed.get("Error", {})
        code = (self.chooses_by_query_error_code and error.get("QueryErrorCode")) or error.get("Code")
        exception: Exception = client.exceptions.from_code(code)(parsed, self.model.name)
        return exception

    def _parse(self, cloud: FakeCloud, client: Any, error: ApiError, request_id: str) -> dict[str, Any]:
        service_model = self.model.service_model
        protocol = protocol_for(service_model)
        wire = protocol.encode_error(self.model, service_model, error, request_id)
        response = {
            "headers": in_process_headers(cloud, wire),
            "status_code": wire.status,
            "body": wire.body,
            "context": {"operation_name": self.model.name},
        }
        parser = _PARSERS.create_parser(protocol.name)
        parsed: dict[str, Any] = parser.parse(response, self.model.output_shape)
        # The class's own: that of an asynchronous endpoint would have to be awaited.
        _ENDPOINT._add_modeled_error_fields(client._endpoint, response, parsed, self.model, parser)
        parsed["ResponseMetadata"]["RetryAttempts"] = 0
        return parsed


def _quota_of(after_call: list[Any]) -> Any:
    """The retry quota that a handler of botocore's puts capacity back to, if it is the only one that listens."""
    if len(after_call) != 1 or getattr(after_call[0], "__name__", "") != "release_retry_quota":
        return None
    return getattr(getattr(after_call[0], "__self__", None), "_quota", None)


def _chooses_by_query_error_code() -> bool:
    """Whether this botocore looks up exceptions of every service by QueryErrorCode, as it did before 2024."""
    import botocore.handlers

    return not hasattr(botocore.handlers, _SQS_ERRORS)


_SQS_ERRORS = "_handle_sqs_compatible_error"
"""The handler by which newer botocores choose the exceptions of SQS."""
_OLD_CHOICE = _chooses_by_query_error_code()


def unsaid_when_empty(model: Any) -> tuple[str, ...]:
    """Members of an answer that its wire form doesn't carry when they are empty: XML's flattened lists and maps."""
    protocol = getattr(model.service_model, "resolved_protocol", None) or model.service_model.metadata["protocol"]
    if model.output_shape is None or protocol not in {"query", "ec2", "rest-xml"}:
        return ()
    return tuple(name for name, shape in model.output_shape.members.items() if shape.serialization.get("flattened"))


def may_be_retried(error: ApiError, model: Any) -> bool:
    """Whether botocore, in any of its modes, could retry after this error. On the safe side."""
    if error.status >= 500 or error.status == 429 or error.code in _RETRYABLE_CODES:
        return True
    if error.query_code is not None and error.query_code in _RETRYABLE_CODES:
        return True
    shape = model.service_model.shape_for_error_code(error.code)
    return shape is not None and "retryable" in shape.metadata


def lookup_cache(emitter: Any) -> Any:
    """An object that is another one as soon as handlers were registered or removed; None if there is no such."""
    return getattr(getattr(emitter, "_emitter", None), "_lookup_cache", None)


def access_key_of(credentials: Any) -> str | None:
    """The access key, without refreshing credentials that would be fetched from somewhere."""
    if credentials is None:
        return None
    held = getattr(credentials, "__dict__", {})
    key = held.get("access_key") or held.get("_access_key")
    return key if isinstance(key, str) else None
