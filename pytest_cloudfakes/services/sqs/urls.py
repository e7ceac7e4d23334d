"""Queue URLs: the form that is given out, and the forms that are taken."""

from __future__ import annotations

import re
from typing import NamedTuple

_SUFFIXES = {
    "aws": "amazonaws.com",
    "aws-cn": "amazonaws.com.cn",
    "aws-us-gov": "amazonaws.com",
    "aws-iso": "c2s.ic.gov",
    "aws-iso-b": "sc2s.sgov.gov",
    "aws-iso-e": "cloud.adc-e.uk",
    "aws-iso-f": "csp.hci.ic.gov",
    "aws-eusc": "amazonaws.eu",
}
"""Source: botocore's partitions, DNS suffixes."""

_URL = re.compile(r"(?:https?://(?P<host>[^/:?#]+)(?::\d+)?)?(?:/[^/?#]+)*?/(?P<account>[0-9]{12})/(?P<name>[^/?#]+)/?")
_HOSTS = tuple(
    re.compile(form)
    for form in (
        r"(?:.*\.)?sqs(?:-fips)?\.(?P<region>[a-z0-9-]+)\.(?:vpce\.)?(?:amazonaws|api|c2s|sc2s|cloud|csp)\..*",
        r"(?P<region>[a-z]+(?:-[a-z]+)+-\d+)\.queue\.amazonaws\.com(?:\.cn)?",
    )
)
_OLDEST_HOST = "queue.amazonaws.com"


class QueueAddress(NamedTuple):
    """What a queue URL says. The region is None where the host isn't AWS's."""

    account: str
    name: str
    region: str | None


def queue_url(partition: str, region: str, account: str, name: str) -> str:
    """The URL of a queue in the form of today. Source: botocore's endpoint rules."""
    return f"https://sqs.{region}.{_SUFFIXES.get(partition, 'amazonaws.com')}/{account}/{name}"


def parse(url: str) -> QueueAddress | None:
    """What a URL says; None if it is none of a queue.

    Taken are today's form, FIPS, dual stack and VPC endpoints, the legacy ones of old clients, other hosts (a
    client's own endpoint), and the path alone.
    """
    found = _URL.fullmatch(url)
    if found is None:
        return None
    return QueueAddress(found["account"], found["name"], _region(found["host"] or ""))


def _region(host: str) -> str | None:
    host = host.lower()
    if host == _OLDEST_HOST:
        return "us-east-1"
    for form in _HOSTS:
        found = form.fullmatch(host)
        if found is not None:
            return found["region"]
    return None
