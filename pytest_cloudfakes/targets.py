"""From a service's and operation's name to what answers it: the handler and what botocore's model says of it.

Compiled once a process from code and the installed model, both of which don't change; it holds no state.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botocore import xform_name

from pytest_cloudfakes.api import ApiCall, Service
from pytest_cloudfakes.exceptions import NotFaked
from pytest_cloudfakes.model import InputPlan, input_plan, service_model
from pytest_cloudfakes.services import FAKED, service_class

if TYPE_CHECKING:
    from botocore.model import OperationModel


class Target:
    """An operation that is faked."""

    __slots__ = ("handler", "model", "plan", "service_class", "unsupported")

    def __init__(
        self,
        model: OperationModel,
        service: type[Service],
        handler: Callable[..., Any],
        plan: InputPlan,
        unsupported: frozenset[str],
    ) -> None:
        self.model = model
        self.service_class = service
        self.handler = handler
        self.plan = plan
        self.unsupported = unsupported
        """Members of the input that this botocore knows and the handler doesn't."""


@functools.cache
def find_target(service: str, operation: str) -> Target | None:
    """What answers an operation; None if it isn't faked."""
    if service not in FAKED:
        return None
    kind = service_class(service)
    handler = kind.operations.get(xform_name(operation))
    if handler is None:
        return None
    model = service_model(service).operation_model(operation)
    code = handler.__code__
    accepted = set(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])
    members = set(model.input_shape.members) if model.input_shape is not None else set()
    return Target(model, kind, handler, input_plan(model), frozenset(members - accepted))


@functools.cache
def known_operations(service: str) -> tuple[str, ...]:
    """The operations that the installed botocore knows. Errors: NotFaked if the service isn't faked."""
    service_class(service)
    return tuple(service_model(service).operation_names)


def not_faked(call_service: str, operation: str, *, region: str, account: str) -> NotFaked:
    """Say what was called, what is faked, and what to do."""
    where = f"{call_service}.{operation} was called ({region}, account {account})"
    if call_service in FAKED:
        reason = service_class(call_service).gaps.get(operation, "this version doesn't fake the operation")
        return NotFaked(f"{where}, but isn't faked: {reason}. The reference's table of operations shows what is.")
    return NotFaked(
        f"{where}, but {call_service} isn't faked. Faked services: {', '.join(sorted(FAKED))}. Stub this client "
        f"(botocore.stub.Stubber), or let its calls through with passthrough={{{call_service!r}}}."
    )


def unsupported_parameter(call: ApiCall, names: frozenset[str]) -> NotFaked:
    """Say that a parameter is newer than this library."""
    given = ", ".join(sorted(names.intersection(call.parameters)))
    return NotFaked(f"{call.service}.{call.operation} was called with {given}, which this version doesn't fake.")
