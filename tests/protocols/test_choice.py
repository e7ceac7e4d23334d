"""Which protocol a request speaks."""

from __future__ import annotations

import pytest

from pytest_cloudfakes.protocols import Headers, HttpRequest, protocol_for, protocol_of

FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}


def spoken(model, query="", **headers):
    return protocol_of(model, HttpRequest("POST", "/", query, Headers(headers.items()), b"")).name


@pytest.mark.parametrize(
    "service, query, headers, name",
    [
        ("sqs", "", {"X-Amz-Target": "AmazonSQS.SendMessage"}, "json"),
        ("sqs", "", FORM, "query"),
        ("sqs", "Action=SendMessage", {}, "query"),
        ("sns", "", FORM, "query"),
        ("kinesis", "", FORM, "json"),
        ("s3", "", FORM, "rest-xml"),
        ("lambda", "", {}, "rest-json"),
        ("cloudwatch", "", {"smithy-protocol": "rpc-v2-cbor"}, "smithy-rpc-v2-cbor"),
    ],
)
def test_a_request_shows_its_protocol(service, query, headers, name, models):
    assert spoken(models(service), query, **headers) == name


def test_botocores_choice_is_the_default(models):
    for service in ("sns", "kinesis", "swf", "apigateway", "s3"):
        model = models(service)
        assert protocol_for(model).name == getattr(model, "resolved_protocol", model.metadata["protocol"])
