"""What SNS serves at its own addresses: the certificate of signatures, and the links in messages.

fake_cloud.http.get(message["SigningCertURL"])
fake_cloud.http.get(message["SubscribeURL"])         # confirms, without being signed in
fake_cloud.http.get(message["UnsubscribeURL"])
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

from pytest_cloudfakes.api import ApiError
from pytest_cloudfakes.arns import Arn, ArnError
from pytest_cloudfakes.http_targets import HttpRequest, HttpResponse
from pytest_cloudfakes.services.sns import signatures
from pytest_cloudfakes.services.sns.errors import InvalidParameter

if TYPE_CHECKING:
    from pytest_cloudfakes.services.sns.operations import Sns

Action = Callable[["Sns", dict[str, str]], HttpResponse]

_NAMESPACE = "http://sns.amazonaws.com/doc/2010-03-31/"
_XML = {"Content-Type": "text/xml"}


def is_page(path: str, query: str) -> bool:
    """Whether it is served to anyone who visits it."""
    return path.endswith(signatures.CERTIFICATE_NAME) or parse_qs(query).get("Action", [""])[0] in _ACTIONS


def serve(service: Sns) -> Callable[[HttpRequest], HttpResponse]:
    """What answers at the root of a region's SNS, for all accounts."""

    def answer(request: HttpRequest) -> HttpResponse:
        parts = urlsplit(request.url)
        if parts.path.endswith(signatures.CERTIFICATE_NAME):
            pem = signatures.certificate()
            return HttpResponse(404) if pem is None else HttpResponse(200, pem, {"Content-Type": "text/plain"})
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        action = _ACTIONS.get(query.get("Action", ""))
        if action is None:
            return _failed(InvalidParameter(name="Action"))
        with service.cloud.lock:
            response = _within(service, action, query)
            if service.cloud.outside.waiting and not service.clock.acting:
                service.cloud.outside.run()
            return response

    return answer


def _within(service: Sns, action: Action, query: dict[str, str]) -> HttpResponse:
    """One instant, as within a call."""
    clock = service.clock
    clock.now()
    clock.acting += 1
    try:
        return action(service, query)
    except ApiError as error:
        return _failed(error)
    finally:
        clock.acting -= 1


def _confirm(service: Sns, query: dict[str, str]) -> HttpResponse:
    """By whoever has the token. Errors: InvalidParameter (texts recorded from AWS)."""
    arn = query.get("TopicArn", "")
    owner = _owner(service, arn)
    if owner is None or arn not in owner.registry.topics:
        raise InvalidParameter(name="Topic")
    subscription = owner.subscribing.confirm(
        arn,
        query.get("Token", ""),
        authenticated=False,
        authenticate=query.get("AuthenticateOnUnsubscribe", "").lower() == "true",
    )
    result = f"<ConfirmSubscriptionResult><SubscriptionArn>{escape(subscription.arn)}</SubscriptionArn>"
    return _answered("ConfirmSubscription", f"{result}</ConfirmSubscriptionResult>", service)


def _unsubscribe(service: Sns, query: dict[str, str]) -> HttpResponse:
    arn = query.get("SubscriptionArn", "")
    owner = _owner(service, arn)
    subscription = None if owner is None else owner.registry.find_subscription(arn)
    if owner is not None and subscription is not None:
        owner.subscribing.unsubscribe(subscription, None)
    return _answered("Unsubscribe", "", service)


_ACTIONS: dict[str, Action] = {"ConfirmSubscription": _confirm, "Unsubscribe": _unsubscribe}


def _owner(service: Sns, arn: str) -> Sns | None:
    try:
        return service.access.of_account(Arn.parse(arn).account)
    except ArnError:
        return None


def _answered(action: str, result: str, service: Sns) -> HttpResponse:
    metadata = f"<ResponseMetadata><RequestId>{service.ids.uuid()}</RequestId></ResponseMetadata>"
    text = f'<{action}Response xmlns="{_NAMESPACE}">{result}{metadata}</{action}Response>'
    return HttpResponse(200, text.encode(), _XML)


def _failed(error: ApiError) -> HttpResponse:
    text = (
        f'<ErrorResponse xmlns="{_NAMESPACE}"><Error><Type>{error.fault}</Type><Code>{escape(error.error_code)}</Code>'
        f"<Message>{escape(error.text)}</Message></Error></ErrorResponse>"
    )
    return HttpResponse(error.status, text.encode(), _XML)
