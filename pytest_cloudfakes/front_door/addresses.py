"""Addresses in answers that lead back to where the request was sent.

A queue's URL names the endpoint that was asked for it (legacy endpoints give out URLs of their own), and the SDKs of
JavaScript, PHP, Ruby and others send what concerns the queue to that URL, not to their endpoint: were it AWS's, they
would leave for the network. So who comes by an address of this machine gets URLs of that address.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from pytest_cloudfakes.front_door.evidence import is_host_of_aws
from pytest_cloudfakes.protocols import HttpRequest

_MEMBERS = {
    ("sqs", "CreateQueue"): "QueueUrl",
    ("sqs", "GetQueueUrl"): "QueueUrl",
    ("sqs", "ListQueues"): "QueueUrls",
    ("sqs", "ListDeadLetterSourceQueues"): "queueUrls",
}
"""The members of answers that are such URLs, or lists of them."""


def led_back(service: str, operation: str, answer: Mapping[str, Any], request: HttpRequest) -> Mapping[str, Any]:
    """The answer with the addresses that its client is to use."""
    member = _MEMBERS.get((service, operation))
    host = request.headers.get("Host", "")
    if member is None or member not in answer or not host or is_host_of_aws(host):
        return answer
    given = answer[member]
    return {**answer, member: [moved(url, host) for url in given] if isinstance(given, list) else moved(given, host)}


def moved(url: str, host: str) -> str:
    """The same path at another host."""
    return f"http://{host}{urlsplit(url).path}"
