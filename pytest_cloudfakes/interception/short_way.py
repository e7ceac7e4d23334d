"""The short way: a call answered inside the client, without making and parsing a request.

It is taken when nobody could notice. A `Route` is what was found out about one client and one operation; it is
found out anew when a handler was registered or removed, or when somebody wrapped or replaced a part of botocore.
"""

from __future__ import annotations

import os
import threading
import weakref
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ParamValidationError
from botocore.parsers import ResponseParserFactory

from pytest_cloudfakes.api import ApiCall, ApiError, partition_of
from pytest_cloudfakes.interception.http import content_type, date_header, in_process_headers
from pytest_cloudfakes.interception.pristine import Watch, foreign_handlers, handlers_of
from pytest_cloudfakes.protocols import protocol_for
from pytest_cloudfakes.targets import Target, find_target

if TYPE_CHECKING:
    from pytest_cloudfakes.cloud import FakeCloud

TAKE_THE_LONG_WAY = object()
"""What `Switchboard.short` answers when the call has to go through botocore."""

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
_EXAMPLE_TEXT = "the text of an error"


class Prepared(threading.local):
    """An error found on the short way that botocore may want to retry: the long way begins with it."""

    error: tuple[str, str, ApiError, str] | None = None


class Route:
    """What is known of one operation of one client."""

    __slots__ = (
        "after_call",
        "caller",
        "chooses_by_query_error_code",
        "content_type",
        "credentials",
        "emit_parameters",
        "examples",
        "lookup_cache",
        "model",
        "partition",
        "region",
        "service",
        "service_id",
        "short",
        "status",
        "target",
        "validator",
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
        self.validator = getattr(client._serializer, "_param_validator", None)
        emitter = client.meta.events
        self.lookup_cache = lookup_cache(emitter)
        event = f"{self.service_id}.{operation}"
        self.emit_parameters = bool(
            handlers_of(emitter, f"provide-client-params.{event}")
        ) or self._parameters_are_built(emitter, event)
        after_call = list(handlers_of(emitter, f"after-call.{event}") or ())
        self.after_call = [each for each in after_call if getattr(each, "__name__", "") != _SQS_ERRORS]
        self.chooses_by_query_error_code = _OLD_CHOICE or len(self.after_call) < len(after_call)
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


class Switchboard:
    """A cloud's connection to the clients of the process."""

    def __init__(self, cloud: FakeCloud, watch: Watch) -> None:
        self.cloud = cloud
        self._watch = watch
        self.prepared = Prepared()
        self._routes: weakref.WeakKeyDictionary[Any, dict[str, Route]] = weakref.WeakKeyDictionary()

    def short(self, client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        """Answer a client's call, or say that it must take the long way."""
        routes = self._routes.get(client)
        if routes is None:
            routes = self._routes.setdefault(client, {})
        route = routes.get(operation)
        if (
            route is None
            or route.lookup_cache is not client.meta.events._emitter._lookup_cache
            or route.credentials is not client._request_signer._credentials
        ):
            route = Route(self.cloud, client, operation)
            if route.short:
                # Once, for what botocore refuses here: a region without the service, options that exclude each other.
                client._resolve_endpoint_ruleset(route.model, parameters, _context(client, route))
                route.lookup_cache = lookup_cache(client.meta.events)
            routes[operation] = route
        if (
            not route.short
            or self.cloud.faults.armed
            or "AWS_LAMBDA_FUNCTION_NAME" in os.environ
            or not self._watch.finds_botocore_as_it_was(client)
        ):
            return TAKE_THE_LONG_WAY
        return self._answer(client, route, operation, parameters)

    def _answer(self, client: Any, route: Route, operation: str, parameters: dict[str, Any]) -> Any:
        context: dict[str, Any] | None = None
        if route.emit_parameters:
            context = _context(client, route)
            parameters = client._emit_api_params(api_params=parameters, operation_model=route.model, context=context)
        if route.validator is not None and route.model.input_shape is not None:
            report = route.validator.validate(parameters, route.model.input_shape)
            if report.has_errors():
                raise ParamValidationError(report=report.generate_report())
        cloud = self.cloud
        target: Target = route.target  # type: ignore[assignment]
        call = ApiCall(
            route.service,
            operation,
            target.plan.normalise(parameters),
            caller=route.caller,
            region=route.region,
            partition=route.partition,
            request_id=cloud.ids.uuid(),
        )
        try:
            answer = cloud.call(call)
        except ApiError as error:
            if may_be_retried(error, route.model):
                self.prepared.error = (route.service, operation, error, call.request_id)
                return TAKE_THE_LONG_WAY
            parsed = self._parsed_error(client, route, error, call.request_id)
            if route.after_call:
                self._emit_after_call(client, route, parsed, context)
            raise _exception(client, route, parsed) from None
        answer["ResponseMetadata"] = {
            "RequestId": call.request_id,
            "HTTPStatusCode": route.status,
            "HTTPHeaders": {
                "x-amzn-requestid": call.request_id,
                "content-type": route.content_type,
                "date": date_header(cloud.clock.latest),
            },
            "RetryAttempts": 0,
        }
        if route.after_call:
            self._emit_after_call(client, route, answer, context)
        return answer

    def _emit_after_call(
        self, client: Any, route: Route, parsed: dict[str, Any], context: dict[str, Any] | None
    ) -> None:
        metadata = parsed["ResponseMetadata"]
        response = AWSResponse("", metadata["HTTPStatusCode"], metadata["HTTPHeaders"], None)
        client.meta.events.emit(
            f"after-call.{route.service_id}.{route.model.name}",
            http_response=response,
            parsed=parsed,
            model=route.model,
            context=context or _context(client, route),
        )

    def _parsed_error(self, client: Any, route: Route, error: ApiError, request_id: str) -> dict[str, Any]:
        """The error as botocore's own parser reads it from the wire; the same kind of error is read only once."""
        kind = type(error)
        if kind.members:
            return self._parse(client, route, error, request_id)
        example = route.examples.get(kind)
        if example is None:
            example = route.examples[kind] = self._parse(client, route, kind(_EXAMPLE_TEXT), request_id)
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
            "date": date_header(self.cloud.clock.latest),
        }
        parsed["ResponseMetadata"] = {**metadata, "RequestId": request_id, "HTTPHeaders": headers}
        return parsed

    def _parse(self, client: Any, route: Route, error: ApiError, request_id: str) -> dict[str, Any]:
        service_model = route.model.service_model
        protocol = protocol_for(service_model)
        wire = protocol.encode_error(route.model, service_model, error, request_id)
        response = {
            "headers": in_process_headers(self.cloud, wire),
            "status_code": wire.status,
            "body": wire.body,
            "context": {"operation_name": route.model.name},
        }
        parser = _PARSERS.create_parser(protocol.name)
        parsed: dict[str, Any] = parser.parse(response, route.model.output_shape)
        client._endpoint._add_modeled_error_fields(response, parsed, route.model, parser)
        parsed["ResponseMetadata"]["RetryAttempts"] = 0
        return parsed


def _context(client: Any, route: Route) -> dict[str, Any]:
    """The context that botocore gives to handlers."""
    model = route.model
    return {
        "client_region": client.meta.region_name,
        "client_config": client.meta.config,
        "has_streaming_input": model.has_streaming_input,
        "auth_type": model.auth_type,
    }


def _exception(client: Any, route: Route, parsed: dict[str, Any]) -> Exception:
    """The modelled exception, chosen as this botocore chooses it."""
    error = parsed.get("Error", {})
    code = (route.chooses_by_query_error_code and error.get("QueryErrorCode")) or error.get("Code")
    exception: Exception = client.exceptions.from_code(code)(parsed, route.model.name)
    return exception


def _chooses_by_query_error_code() -> bool:
    """Whether this botocore looks up exceptions of every service by QueryErrorCode, as it did before 2024."""
    import botocore.handlers

    return not hasattr(botocore.handlers, _SQS_ERRORS)


_SQS_ERRORS = "_handle_sqs_compatible_error"
"""The handler by which newer botocores choose the exceptions of SQS."""
_OLD_CHOICE = _chooses_by_query_error_code()


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
