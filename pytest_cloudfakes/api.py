"""The language that doors and services speak: `ApiCall` in, a mapping by AWS names or an `ApiError` out."""

from __future__ import annotations

import datetime
import functools
import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from dateutil.tz import tzlocal

from pytest_cloudfakes.exceptions import CloudFakesError
from pytest_cloudfakes.scheduler import Millis

if TYPE_CHECKING:
    from pytest_cloudfakes.clock import Clock
    from pytest_cloudfakes.cloud import FakeCloud
    from pytest_cloudfakes.ids import Ids
    from pytest_cloudfakes.model import Violation
    from pytest_cloudfakes.schedule import Schedule

Answer = Mapping[str, Any]
F = TypeVar("F", bound=Callable[..., Any])

NO_HEADERS: Mapping[str, str] = {}


class Caller:
    """Who calls: an identity of an account, or a service of AWS acting for somebody.

    account: twelve digits. arn: the principal that policies see. user_id: what SQS shows as SenderId.
    context: condition keys that a service sends along, such as aws:SourceArn.
    """

    __slots__ = ("account", "arn", "context", "service", "user_id")

    def __init__(
        self,
        account: str,
        *,
        arn: str | None = None,
        user_id: str | None = None,
        service: str | None = None,
        context: Mapping[str, str] | None = None,
    ) -> None:
        self.account = account
        self.arn = arn or f"arn:aws:iam::{account}:user/cloudfakes"
        self.user_id = user_id or f"AIDA{int(account):016d}X"
        self.service = service
        """The service principal ("sns.amazonaws.com") where a service of AWS calls, else None."""
        self.context = context or NO_HEADERS

    def __repr__(self) -> str:
        return f"Caller({self.service or self.arn})"


class ApiCall:
    """One request to AWS, whichever door it came through."""

    __slots__ = (
        "caller",
        "headers",
        "operation",
        "parameters",
        "partition",
        "region",
        "request_id",
        "service",
    )

    def __init__(
        self,
        service: str,
        operation: str,
        parameters: dict[str, Any],
        *,
        caller: Caller,
        region: str,
        partition: str = "aws",
        request_id: str,
        headers: Mapping[str, str] = NO_HEADERS,
    ) -> None:
        self.service = service
        """botocore's name of the service, such as "sqs"."""
        self.operation = operation
        """The API's name of the operation, such as "SendMessage"."""
        self.parameters = parameters
        """By the API's names, in botocore's Python types; the callee owns it, nested values included."""
        self.caller = caller
        self.region = region
        self.partition = partition
        self.request_id = request_id
        self.headers = headers
        """Headers of the request that a service may look at (X-Amzn-Trace-Id), in the spelling of the sender."""

    @property
    def account(self) -> str:
        """The caller's account."""
        return self.caller.account

    def __repr__(self) -> str:
        return f"<ApiCall {self.service}.{self.operation} {self.account}/{self.region}>"


class ApiError(Exception):
    """An error that AWS answers with. Subclasses declare it as data; fields fill the placeholders of the text.

    code: the shape's name in botocore's model, or the code where the model has none.
    query_code: the code of the older query protocol, which query-compatible services send beside it.
    members: fields that the modelled error carries beside its message.
    """

    code: ClassVar[str] = "InternalFailure"
    query_code: ClassVar[str | None] = None
    status: ClassVar[int] = 400
    message: ClassVar[str] = ""
    members: ClassVar[tuple[str, ...]] = ()

    def __init__(self, text: str | None = None, /, **fields: Any) -> None:
        self.text = text if text is not None else self.message.format(**fields) if fields else self.message
        self.fields = fields
        super().__init__(self.text)

    @property
    def fault(self) -> str:
        """Whose fault it is: "Sender" or "Receiver"."""
        return "Sender" if self.status < 500 else "Receiver"

    @property
    def error_code(self) -> str:
        """What a client shows as the code: the query code where there is one."""
        return self.query_code or self.code

    def apart(self) -> ApiError:
        """The same error without its traceback, whose frames would keep everything alive that the call had."""
        same = type(self).__new__(type(self), *self.args)
        same.__dict__.update(vars(self))
        return same

    def extra_members(self) -> dict[str, Any]:
        """The modelled members beside the message."""
        return {name: self.fields[name] for name in self.members if name in self.fields}

    def __str__(self) -> str:
        return f"{self.error_code}: {self.text}"


class InternalFailure(ApiError):
    """AWS's general failure, which clients retry."""

    code = "InternalFailure"
    status = 500
    message = "We encountered an internal error. Please try again."


def operation(method: F) -> F:
    """Mark a method of a `Service` as an operation of its API, named as the botocore client method."""
    method.__cloudfakes_operation__ = True  # type: ignore[attr-defined]
    return method


class Service:
    """A service of AWS in one account and one region. Subclasses are declared with `service="sqs"`.

    Operations are methods marked with `@operation`, named as the methods of botocore's client, with the members of
    the input shape as keyword-only parameters; they answer with a new mapping by AWS's names in botocore's parsed
    form (None for an empty answer), with a `Pending`, or raise an `ApiError`.
    """

    name: ClassVar[str]
    operations: ClassVar[dict[str, Callable[..., Any]]] = {}
    """Method by botocore's method name, such as "send_message"."""
    gaps: ClassVar[dict[str, str]] = {}
    """Operations that botocore's models know and this service doesn't fake, with the reason."""
    retryable_codes: ClassVar[frozenset[str]] = frozenset()
    """Error codes below status 500 that botocore retries for this service, beyond its general ones."""

    def __init_subclass__(cls, *, service: str = "", **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if service:
            cls.name = service
        cls.operations = {
            name: method
            for base in reversed(cls.__mro__)
            for name, method in vars(base).items()
            if getattr(method, "__cloudfakes_operation__", False)
        }

    def __init__(self, cloud: FakeCloud, account: str, region: str) -> None:
        self.cloud = cloud
        self.clock: Clock = cloud.clock
        self.ids: Ids = cloud.ids
        self.schedule: Schedule = cloud.schedule
        self.account = account
        self.region = region
        self.partition = partition_of(region)

    def constraint_error(self, call: ApiCall, violations: list[Violation]) -> ApiError | None:
        """The error of this service for what its model forbids; its own words where AWS has them.

        None where AWS takes it all the same, as SQS does with names that aren't in its model's enumerations.
        """
        from pytest_cloudfakes.model import validation_error

        return validation_error(violations)

    def throttle(self, call: ApiCall) -> None:
        """Raise the service's throttling error if `limits="documented"` and the caller is too fast."""


def seconds(value: float) -> Millis:
    """Seconds as milliseconds."""
    return round(value * 1000)


def timestamp(at: Millis) -> datetime.datetime:
    """An instant as botocore gives it out: an aware datetime of the local time zone.

    It costs about a microsecond, so make a record's timestamp once and keep it.
    """
    return datetime.datetime.fromtimestamp(at / 1000, tzlocal())


def to_millis(value: datetime.datetime | float) -> Millis:
    """A datetime (naive ones are UTC, as for freezegun) or seconds since the epoch as an instant."""
    if isinstance(value, datetime.datetime):
        if value.tzinfo is None:
            value = value.replace(tzinfo=datetime.timezone.utc)
        return round(value.timestamp() * 1000)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise CloudFakesError(f"An instant is a datetime or a number of seconds since the epoch, not {value!r}.")
    return round(value * 1000)


@functools.lru_cache(maxsize=256)
def partition_of(region: str) -> str:
    """The partition of a region: aws, aws-cn, aws-us-gov or an isolated one."""
    for prefix, partition in _PARTITIONS:
        if region.startswith(prefix):
            return partition
    return "aws"


_PARTITIONS = (
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-isob-", "aws-iso-b"),
    ("us-isof-", "aws-iso-f"),
    ("eu-isoe-", "aws-iso-e"),
    ("us-iso-", "aws-iso"),
    ("eusc-", "aws-eusc"),
)
