"""What AWS shows to anyone, at addresses that stand in SNS's messages: its certificate, and links to confirm or leave.

The messages name AWS's hosts, as verifiers expect it. The same path is served here, with that host or with this
machine's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qs

from pytest_cloudfakes.arns import Arn, ArnError
from pytest_cloudfakes.front_door.evidence import HostName, Scope, is_region
from pytest_cloudfakes.protocols import HttpAnswer, HttpRequest
from pytest_cloudfakes.protocols.wire import whole
from pytest_cloudfakes.services.sns import web

if TYPE_CHECKING:
    from pytest_cloudfakes.cloud import FakeCloud
    from pytest_cloudfakes.services.sns import Sns


def page(cloud: FakeCloud, request: HttpRequest, scope: Scope, host: HostName) -> HttpAnswer | None:
    """The answer to who visits such an address; None for a request that is to be a call."""
    if request.method != "GET" or scope.access_key is not None or host.service not in (None, "sns"):
        return None
    if "X-Amz-Target" in request.headers or not web.is_page(request.path, request.query):
        return None
    region = host.region or _region_of(request.query) or cloud.options.region
    with cloud.lock:
        root = cast("Sns", cloud.service("sns", cloud.options.account, region)).addresses.root
    # Not under the lock: a confirmation may have the user's own code called.
    shown = cloud.http.get(f"{root}{request.path.lstrip('/')}" + (f"?{request.query}" if request.query else ""))
    return whole(shown.status, dict(shown.headers), shown.body)


def _region_of(query: str) -> str | None:
    """The region of the topic or subscription that a link is for."""
    given = parse_qs(query)
    try:
        arn = Arn.parse((given.get("TopicArn") or given.get("SubscriptionArn") or [""])[0])
    except ArnError:
        return None
    return arn.region if is_region(arn.region) else None
