"""The operations for phones: mobile push, and text messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pytest_cloudfakes.api import ApiCall, Service, operation
from pytest_cloudfakes.services.sns.pages import page

if TYPE_CHECKING:
    from pytest_cloudfakes.services.sns.mobile.platform import Platform
    from pytest_cloudfakes.services.sns.mobile.sms import TextMessages

Answer = dict[str, Any]


class MobileOperations(Service):
    """What SNS does for phones in one account and one region."""

    platform: Platform
    sms: TextMessages

    # ── mobile push ──────────────────────────────────────────────────────────────────────────────────────────────

    @operation
    def create_platform_application(
        self, call: ApiCall, *, Name: str, Platform: str, Attributes: Mapping[str, str]
    ) -> Answer:
        """Register an app with a provider of push notifications. Errors: InvalidParameter."""
        return {"PlatformApplicationArn": self.platform.create_application(Name, Platform, Attributes).arn}

    @operation
    def create_platform_endpoint(
        self,
        call: ApiCall,
        *,
        PlatformApplicationArn: str,
        Token: str,
        CustomUserData: str | None = None,
        Attributes: Mapping[str, str] | None = None,
    ) -> Answer:
        """Register a device, or give the ARN of the one of that token. Errors: InvalidParameter, NotFound."""
        endpoint = self.platform.create_endpoint(PlatformApplicationArn, Token, CustomUserData, Attributes or {})
        return {"EndpointArn": endpoint.arn}

    @operation
    def delete_endpoint(self, call: ApiCall, *, EndpointArn: str) -> None:
        """Delete a device; its subscriptions stay."""
        self.platform.delete_endpoint(EndpointArn)

    @operation
    def delete_platform_application(self, call: ApiCall, *, PlatformApplicationArn: str) -> None:
        """Delete an app with its devices."""
        self.platform.delete_application(PlatformApplicationArn)

    @operation
    def get_endpoint_attributes(self, call: ApiCall, *, EndpointArn: str) -> Answer:
        """Show a device. Errors: NotFound."""
        return {"Attributes": dict(self.platform.endpoint(EndpointArn)[1].values)}

    @operation
    def get_platform_application_attributes(self, call: ApiCall, *, PlatformApplicationArn: str) -> Answer:
        """Show an app, without its credentials. Errors: NotFound."""
        return {"Attributes": self.platform.application(PlatformApplicationArn).shown()}

    @operation
    def list_endpoints_by_platform_application(
        self, call: ApiCall, *, PlatformApplicationArn: str, NextToken: str | None = None
    ) -> Answer:
        """The devices of an app, a hundred a page. Errors: NotFound."""
        endpoints = self.platform.application(PlatformApplicationArn).endpoints
        arns, token = page(endpoints, NextToken, request=("endpoints", PlatformApplicationArn))
        rows = [{"EndpointArn": arn, "Attributes": dict(endpoints[arn].values)} for arn in arns]
        return {"Endpoints": rows, **token}

    @operation
    def list_platform_applications(self, call: ApiCall, *, NextToken: str | None = None) -> Answer:
        """The apps, a hundred a page."""
        applications = self.platform.applications
        arns, token = page(applications, NextToken, request="applications")
        rows = [{"PlatformApplicationArn": arn, "Attributes": applications[arn].shown()} for arn in arns]
        return {"PlatformApplications": rows, **token}

    @operation
    def set_endpoint_attributes(self, call: ApiCall, *, EndpointArn: str, Attributes: Mapping[str, str]) -> None:
        """Change a device: CustomUserData, Enabled, Token. Errors: InvalidParameter, NotFound."""
        self.platform.change_endpoint(EndpointArn, Attributes)

    @operation
    def set_platform_application_attributes(
        self, call: ApiCall, *, PlatformApplicationArn: str, Attributes: Mapping[str, str]
    ) -> None:
        """Change an app. Errors: InvalidParameter, NotFound."""
        self.platform.change_application(PlatformApplicationArn, Attributes)

    # ── text messages ────────────────────────────────────────────────────────────────────────────────────────────

    @operation
    def check_if_phone_number_is_opted_out(self, call: ApiCall, *, phoneNumber: str) -> Answer:
        """Whether a number gets no messages. Errors: InvalidParameter."""
        return {"isOptedOut": self.sms.check_number(phoneNumber) in self.sms.opted_out}

    @operation
    def list_phone_numbers_opted_out(self, call: ApiCall, *, nextToken: str | None = None) -> Answer:
        """The numbers that get no messages, a hundred a page."""
        numbers, token = page(self.sms.opted_out, nextToken, request="opted out", name="nextToken")
        return {"phoneNumbers": numbers, **token}

    @operation
    def opt_in_phone_number(self, call: ApiCall, *, phoneNumber: str) -> None:
        """Let a number get messages again, once in 30 days. Errors: InvalidParameter."""
        self.sms.opt_in(phoneNumber)

    @operation
    def get_sms_attributes(self, call: ApiCall, *, attributes: Sequence[str] = ()) -> Answer:
        """Show the settings for text messages: those that are named, or all that are set."""
        return {"attributes": self.sms.shown(attributes)}

    @operation
    def set_sms_attributes(self, call: ApiCall, *, attributes: Mapping[str, str]) -> None:
        """Change the settings for text messages. Errors: InvalidParameter."""
        self.sms.set_attributes(attributes)

    @operation
    def list_origination_numbers(self, call: ApiCall, *, NextToken: str | None = None, MaxResults: int = 30) -> Answer:
        """The numbers that messages can come from: those that a test has arranged."""
        numbers = {row["PhoneNumber"]: row for row in self.sms.origination}
        names, token = page(numbers, NextToken, request="origination", limit=MaxResults)
        return {"PhoneNumbers": [dict(numbers[name]) for name in names], **token}

    # ── the sandbox ──────────────────────────────────────────────────────────────────────────────────────────────

    @operation
    def create_sms_sandbox_phone_number(self, call: ApiCall, *, PhoneNumber: str, LanguageCode: str = "en-US") -> None:
        """Add a destination number, and send it a one-time password. Errors: OptedOut, UserError, Throttled."""
        self.send_password(PhoneNumber, self.sms.add_number(PhoneNumber))

    @operation
    def delete_sms_sandbox_phone_number(self, call: ApiCall, *, PhoneNumber: str) -> None:
        """Remove a destination number, a day after it was verified. Errors: ResourceNotFound, UserError."""
        self.sms.remove_number(PhoneNumber)

    @operation
    def get_sms_sandbox_account_status(self, call: ApiCall) -> Answer:
        """Whether only verified numbers get messages."""
        return {"IsInSandbox": self.sms.in_sandbox}

    @operation
    def list_sms_sandbox_phone_numbers(
        self, call: ApiCall, *, NextToken: str | None = None, MaxResults: int = 100
    ) -> Answer:
        """The destination numbers of the sandbox."""
        numbers = self.sms.numbers
        names, token = page(numbers, NextToken, request="sandbox", limit=MaxResults)
        rows = [{"PhoneNumber": n, "Status": "Verified" if numbers[n].verified else "Pending"} for n in names]
        return {"PhoneNumbers": rows, **token}

    @operation
    def verify_sms_sandbox_phone_number(self, call: ApiCall, *, PhoneNumber: str, OneTimePassword: str) -> None:
        """Verify a destination number by its password. Errors: ResourceNotFound, Verification."""
        self.sms.verify(PhoneNumber, OneTimePassword)

    def send_password(self, number: str, password: str) -> None:
        """Send a one-time password to a phone."""
        raise NotImplementedError
