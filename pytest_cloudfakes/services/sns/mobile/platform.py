"""Mobile push: platform applications, and the endpoints of devices in them.

An endpoint is enabled until its provider says that its token is no longer valid. Source: developer guide, mobile push
notifications; texts as recorded from AWS, where not marked as unseen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from sortedcontainers import SortedDict

from pytest_cloudfakes.services.sns import limits
from pytest_cloudfakes.services.sns.arn_parameters import parse_arn
from pytest_cloudfakes.services.sns.errors import InvalidParameterReason, NotFound

if TYPE_CHECKING:
    from pytest_cloudfakes.ids import Ids

PLATFORMS = ("ADM", "APNS", "APNS_SANDBOX", "APNS_VOIP", "APNS_VOIP_SANDBOX", "BAIDU", "GCM", "MACOS", "MPNS", "WNS")
"""Source: model, CreatePlatformApplication; the legacy ones: developer guide."""
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,256}")
_SECRET = frozenset({"PlatformCredential", "PlatformPrincipal"})
_APPLICATION = frozenset(
    {
        *_SECRET,
        "EventEndpointCreated",
        "EventEndpointDeleted",
        "EventEndpointUpdated",
        "EventDeliveryFailure",
        "SuccessFeedbackRoleArn",
        "FailureFeedbackRoleArn",
        "SuccessFeedbackSampleRate",
        "ApplePlatformTeamID",
        "ApplePlatformBundleID",
        "Enabled",
    }
)
"""Source: model, SetPlatformApplicationAttributes."""
_ENDPOINT = frozenset({"CustomUserData", "Enabled", "Token"})

Announce = Callable[["Application", str, "Endpoint | None", str], None]
"""Tells an application's event to the topic that wants it: its kind, the endpoint and a text."""


class Endpoint:
    """A device of an application."""

    def __init__(self, arn: str, token: str, values: Mapping[str, str]) -> None:
        self.arn = arn
        self.values = {"Enabled": "true", "Token": token, **values}

    @property
    def enabled(self) -> bool:
        """Whether it gets messages."""
        return self.values["Enabled"] == "true"

    def __repr__(self) -> str:
        return f"<Endpoint {self.arn}{'' if self.enabled else ' (disabled)'}>"


class Application:
    """A platform application with its endpoints."""

    def __init__(self, arn: str, platform: str, values: Mapping[str, str]) -> None:
        self.arn = arn
        self.platform = platform
        self.values = dict(values)
        self.endpoints: SortedDict[str, Endpoint] = SortedDict()
        self.by_token: dict[str, Endpoint] = {}

    @property
    def enabled(self) -> bool:
        """Whether its endpoints get messages."""
        return self.values.get("Enabled", "true") == "true"

    def shown(self) -> dict[str, str]:
        """Attributes without credentials, which are never given back."""
        return {"Enabled": "true", **{name: text for name, text in self.values.items() if name not in _SECRET}}


class Platform:
    """The platform applications of one account in one region."""

    def __init__(self, prefix: str, ids: Ids, announce: Announce) -> None:
        self._prefix = prefix
        """`arn:aws:sns:{region}:{account}:`"""
        self._ids = ids
        self._announce = announce
        self.applications: SortedDict[str, Application] = SortedDict()

    # ── applications ─────────────────────────────────────────────────────────────────────────────────────────────

    def create_application(self, name: str, platform: str, given: Mapping[str, str]) -> Application:
        """A new application, or the one that is there with its attributes set anew. Errors: InvalidParameter."""
        if _NAME.fullmatch(name) is None:
            raise InvalidParameterReason(
                name="Name", reason="must contain only characters 'a'-'z', 'A'-'Z', '0'-'9', '_', '-', and '.'"
            )
        if platform not in PLATFORMS:
            raise InvalidParameterReason(name="Platform", reason="unrecognized platform")
        if not given.get("PlatformCredential"):
            raise InvalidParameterReason(name="Attributes", reason="PlatformCredential is required")
        if platform != "GCM" and not given.get("PlatformPrincipal"):
            raise InvalidParameterReason(name="Attributes", reason="PlatformPrincipal is required")
        self._check(given, _APPLICATION)
        arn = f"{self._prefix}app/{platform}/{name}"
        found: Application | None = self.applications.get(arn)
        if found is None:
            found = self.applications[arn] = Application(arn, platform, given)
        else:
            found.values.update(given)
        return found

    def application(self, arn: str) -> Application:
        """Errors: InvalidParameter, NotFound."""
        parse_arn(arn, "PlatformApplicationArn")
        found: Application | None = self.applications.get(arn)
        if found is None:
            raise NotFound(what="PlatformApplication")
        return found

    def change_application(self, arn: str, given: Mapping[str, str]) -> None:
        """Set attributes of an application. Errors: InvalidParameter, NotFound."""
        application = self.application(arn)
        self._check(given, _APPLICATION)
        application.values.update(given)

    def delete_application(self, arn: str) -> None:
        """With its endpoints; one that isn't there was deleted already."""
        parse_arn(arn, "PlatformApplicationArn")
        self.applications.pop(arn, None)

    # ── endpoints ────────────────────────────────────────────────────────────────────────────────────────────────

    def create_endpoint(
        self, application_arn: str, token: str, user_data: str | None, given: Mapping[str, str]
    ) -> Endpoint:
        """A new endpoint, or the one of that token. Errors: InvalidParameter, NotFound.

        Where user data is given as a parameter and as an attribute, the attribute counts.
        """
        application = self.application(application_arn)
        if not token:
            raise InvalidParameterReason(name="Token", reason="cannot be empty")
        values = {**({} if user_data is None else {"CustomUserData": user_data}), **given}
        self._check_endpoint(values)
        there = application.by_token.get(token)
        if there is not None:
            if any(there.values.get(name) != text for name, text in values.items()):
                raise InvalidParameterReason(
                    name="Token",
                    reason=f"Endpoint {there.arn} already exists with the same Token, but different attributes.",
                )
            return there
        name = application.arn.rpartition(":app/")[2]
        endpoint = Endpoint(f"{self._prefix}endpoint/{name}/{self._ids.uuid()}", token, values)
        application.endpoints[endpoint.arn] = endpoint
        application.by_token[endpoint.values["Token"]] = endpoint
        self._announce(application, "EndpointCreated", endpoint, "")
        return endpoint

    def find(self, arn: str) -> tuple[Application, Endpoint] | None:
        """The endpoint of an ARN with its application, if it is there."""
        application_arn = arn.replace(":endpoint/", ":app/", 1).rpartition("/")[0]
        application: Application | None = self.applications.get(application_arn)
        endpoint = None if application is None else application.endpoints.get(arn)
        return None if application is None or endpoint is None else (application, endpoint)

    def endpoint(self, arn: str) -> tuple[Application, Endpoint]:
        """Errors: InvalidParameter, NotFound (text unseen)."""
        parse_arn(arn, "EndpointArn")
        found = self.find(arn)
        if found is None:
            raise NotFound(what="Endpoint")
        return found

    def change_endpoint(self, arn: str, given: Mapping[str, str]) -> None:
        """Set attributes of an endpoint. Errors: InvalidParameter, NotFound."""
        application, endpoint = self.endpoint(arn)
        self._check_endpoint(given)
        del application.by_token[endpoint.values["Token"]]
        endpoint.values.update(given)
        application.by_token[endpoint.values["Token"]] = endpoint
        self._announce(application, "EndpointUpdated", endpoint, "")

    def delete_endpoint(self, arn: str) -> None:
        """One that isn't there was deleted already; subscriptions of it stay. Errors: InvalidParameter."""
        parse_arn(arn, "EndpointArn")
        found = self.find(arn)
        if found is not None:
            application, endpoint = found
            del application.endpoints[arn]
            application.by_token.pop(endpoint.values["Token"], None)
            self._announce(application, "EndpointDeleted", endpoint, "")

    # ── delivery ─────────────────────────────────────────────────────────────────────────────────────────────────

    def why_not(self, arn: str) -> str | None:
        """Why an endpoint gets no message; None if it does."""
        found = self.find(arn)
        if found is None:
            return "No endpoint found for the target arn specified"
        application, endpoint = found
        if not application.enabled:
            return "Platform application is disabled"
        return None if endpoint.enabled else "Endpoint is disabled"

    def disable(self, arn: str, reason: str) -> None:
        """The provider no longer knows the token."""
        application, endpoint = self.endpoint(arn)
        endpoint.values["Enabled"] = "false"
        self._announce(application, "DeliveryFailure", endpoint, reason)

    # ── checks ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _check(self, given: Mapping[str, str], known: frozenset[str]) -> None:
        for name, text in given.items():
            if name not in known:
                raise InvalidParameterReason(name="Attributes", reason=f"Invalid attribute name: {name}")
            if name == "Enabled" and text.lower() not in {"true", "false"}:
                raise InvalidParameterReason(name="Attributes", reason="Invalid value for attribute: Enabled")

    def _check_endpoint(self, given: Mapping[str, str]) -> None:
        self._check(given, _ENDPOINT)
        if len(given.get("CustomUserData", "").encode(errors="surrogatepass")) > limits.CUSTOM_USER_DATA_BYTES:
            raise InvalidParameterReason(
                name="Attributes",
                reason="Invalid value for attribute: CustomUserData: must be at most 2048 bytes long in UTF-8 encoding",
            )
