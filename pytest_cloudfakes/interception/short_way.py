"""The short way: a call answered inside the client, without making and parsing a request.

It is taken when nobody could notice: no handler other than botocore's own listens, nobody wrapped or replaced a step
of botocore's, and the answer is none that botocore would retry.
"""

from __future__ import annotations

import os
import weakref
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSResponse

from pytest_cloudfakes.api import ApiCall, ApiError
from pytest_cloudfakes.interception.http import date_header
from pytest_cloudfakes.interception.pristine import Watch
from pytest_cloudfakes.interception.routes import Route, lookup_cache, may_be_retried

if TYPE_CHECKING:
    from pytest_cloudfakes.cloud import FakeCloud
    from pytest_cloudfakes.targets import Target

TAKE_THE_LONG_WAY = object()
"""What the short way answers when the call has to go through botocore."""

BEGUN: ContextVar[tuple[str, str, ApiError, str] | None] = ContextVar("cloudfakes_begun", default=None)
"""An error found on the short way that botocore may want to retry, so that the long way begins with it."""


class Switchboard:
    """A cloud's connection to the clients of the process."""

    def __init__(self, cloud: FakeCloud) -> None:
        self.cloud = cloud
        self._routes: weakref.WeakKeyDictionary[Any, dict[str, Route]] = weakref.WeakKeyDictionary()

    def route(self, client: Any, operation: str) -> Route:
        """What is known of a client's operation, found out anew if anything changed."""
        routes = self._routes.get(client)
        if routes is None:
            routes = self._routes.setdefault(client, {})
        route = routes.get(operation)
        if (
            route is None
            or route.lookup_cache is not client.meta.events._emitter._lookup_cache
            or route.credentials is not client._request_signer._credentials
        ):
            route = routes[operation] = Route(self.cloud, client, operation)
        return route

    def is_open(self, client: Any, route: Route, parameters: dict[str, Any], watch: Watch) -> bool:
        """Whether the short way can be taken now."""
        return (
            route.short
            # Odd ones are for botocore to refuse, or for the wire to change.
            and (route.accepts is None or route.accepts(parameters))
            and not self.cloud.faults.armed
            # In a Lambda function botocore adds a header to the request.
            and "AWS_LAMBDA_FUNCTION_NAME" not in os.environ
            and watch.finds_botocore_as_it_was(client)
        )

    def call(self, route: Route, parameters: dict[str, Any]) -> ApiCall:
        """The call that a client makes."""
        target: Target = route.target  # type: ignore[assignment]
        return ApiCall(
            route.service,
            route.model.name,
            target.plan.normalise(parameters),
            caller=route.caller,
            region=route.region,
            partition=route.partition,
            request_id=self.cloud.ids.uuid(),
        )

    def complete(self, route: Route, call: ApiCall, answer: dict[str, Any]) -> dict[str, Any]:
        """The answer with what botocore adds to it."""
        for name in route.unsaid_when_empty:
            if not answer.get(name, True):
                del answer[name]
        answer["ResponseMetadata"] = {
            "RequestId": call.request_id,
            "HTTPStatusCode": route.status,
            "HTTPHeaders": {
                "x-amzn-requestid": call.request_id,
                "content-type": route.content_type,
                "date": date_header(self.cloud.clock.latest),
            },
            "RetryAttempts": 0,
        }
        return answer


def answer(switchboard: Switchboard, watch: Watch, client: Any, operation: str, parameters: dict[str, Any]) -> Any:
    """Answer a client's call, or say that it must take the long way."""
    route = switchboard.route(client, operation)
    if route.short and not route.checked:
        client._resolve_endpoint_ruleset(route.model, parameters, route.context(client))
        route.lookup_cache = lookup_cache(client.meta.events)
        route.checked = True
    if not switchboard.is_open(client, route, parameters, watch):
        return TAKE_THE_LONG_WAY
    context: dict[str, Any] | None = None
    if route.emit_parameters:
        context = route.context(client)
        parameters = client._emit_api_params(api_params=parameters, operation_model=route.model, context=context)
    call = switchboard.call(route, parameters)
    try:
        parsed = switchboard.complete(route, call, switchboard.cloud.call(call))
    except ApiError as error:
        if may_be_retried(error, route.model):
            BEGUN.set((route.service, operation, error, call.request_id))
            return TAKE_THE_LONG_WAY
        parsed = route.parsed_error(switchboard.cloud, client, error, call.request_id)
        if route.tells(error.status):
            client.meta.events.emit(**after_call(client, route, parsed, context))
        raise route.exception(client, parsed) from None
    if route.tells(route.status):
        client.meta.events.emit(**after_call(client, route, parsed, context))
    return parsed


def after_call(client: Any, route: Route, parsed: dict[str, Any], context: dict[str, Any] | None) -> dict[str, Any]:
    """The event that follows a call, with what botocore tells its handlers."""
    metadata = parsed["ResponseMetadata"]
    return {
        "event_name": f"after-call.{route.service_id}.{route.model.name}",
        "http_response": AWSResponse("", metadata["HTTPStatusCode"], metadata["HTTPHeaders"], None),
        "parsed": parsed,
        "model": route.model,
        "context": context or route.context(client),
    }
