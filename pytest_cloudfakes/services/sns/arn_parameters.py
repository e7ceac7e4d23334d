"""ARNs that are given as parameters."""

from __future__ import annotations

from pytest_cloudfakes.arns import Arn, ArnError
from pytest_cloudfakes.services.sns.errors import InvalidParameterReason


def parse_arn(text: str, parameter: str) -> Arn:
    """Read an ARN. Errors: InvalidParameter, naming the parameter (recorded from AWS)."""
    try:
        return Arn.parse(text)
    except ArnError as error:
        reason = f"An ARN must have at least 6 elements, not {error.elements}"
        raise InvalidParameterReason(name=parameter, reason=reason) from None
