"""Which operation of which service, account and region a request means."""

from __future__ import annotations

import pytest

from .conftest import SIGNED

JSON = "application/x-amz-json-1.0"
FORM = "application/x-www-form-urlencoded"
TARGET = {"X-Amz-Target": "AmazonSQS.CreateQueue", "Content-Type": JSON}
CREATE_JSON = '{"QueueName": "jobs"}'
CREATE_FORM = "Action=CreateQueue&QueueName=jobs&Version=2012-11-05"


def signed(service="sqs", region="us-east-1", key="CLOUDFAKES0EXAMPLE00"):
    return SIGNED.format(service=service, region=region, key=key)


@pytest.mark.parametrize(
    "method, path, headers, body",
    [
        pytest.param("POST", "/", TARGET, CREATE_JSON, id="target"),
        pytest.param("POST", "/", {**TARGET, "Authorization": signed()}, CREATE_JSON, id="target and signature"),
        pytest.param("POST", "/", {"Content-Type": FORM, "Authorization": signed()}, CREATE_FORM, id="form, signed"),
        pytest.param("POST", "/", {"Content-Type": FORM}, CREATE_FORM, id="form, unsigned"),
        pytest.param(
            "POST", "/", {"Content-Type": f"{FORM}; charset=utf-8"}, "Action=CreateQueue&QueueName=jobs",
            id="form without a version",
        ),
        pytest.param("GET", f"/?{CREATE_FORM}", {}, None, id="action in the address"),
        pytest.param(
            "GET",
            f"/?{CREATE_FORM}&X-Amz-Algorithm=AWS4-HMAC-SHA256"
            "&X-Amz-Credential=KEY%2F20260131%2Fus-east-1%2Fsqs%2Faws4_request&X-Amz-Signature=0123",
            {}, None, id="presigned",
        ),
        pytest.param("POST", "/", {"Host": "sqs.us-east-1.api.aws", "Content-Type": FORM}, CREATE_FORM, id="host"),
        pytest.param("POST", "/", {"Host": "queue.amazonaws.com", "Content-Type": FORM}, CREATE_FORM, id="legacy host"),
        pytest.param("POST", "/", {"Host": "sqs.localhost:4566", "Content-Type": FORM}, CREATE_FORM, id="local host"),
    ],
)  # fmt: skip
def test_every_form_of_request_is_understood(call, fake_cloud, method, path, headers, body):
    answer = call(method, path, headers, body)
    assert answer.status == 200
    assert b"/123456789012/jobs" in answer.body
    [made] = fake_cloud.calls
    assert (made.service, made.operation, made.parameters["QueueName"]) == ("sqs", "CreateQueue", "jobs")


@pytest.mark.parametrize(
    "host, region",
    [
        ("sqs.eu-west-1.amazonaws.com", "eu-west-1"),
        ("sqs-fips.us-west-2.amazonaws.com", "us-west-2"),
        ("sqs.eu-west-1.api.aws", "eu-west-1"),
        ("eu-west-1.queue.amazonaws.com", "eu-west-1"),
        ("vpce-0123.sqs.eu-west-1.vpce.amazonaws.com", "eu-west-1"),
        ("sqs.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        ("sqs.us-gov-west-1.amazonaws.com:443", "us-gov-west-1"),
        ("sqs.ap-southeast-2.localhost:4566", "ap-southeast-2"),
        ("sqs.localhost:4566", "us-east-1"),
        ("127.0.0.1:4566", "us-east-1"),
        ("[::1]:4566", "us-east-1"),
    ],
)
def test_an_unsigned_request_goes_to_the_region_of_its_host(call, fake_cloud, host, region):
    assert call("POST", "/", {"Host": host, "Content-Type": FORM}, "Action=ListQueues").status == 200
    assert [made.region for made in fake_cloud.calls] == [region]


def test_account_and_region_come_from_the_signature(call, fake_cloud):
    headers = {"Host": "sqs.us-west-2.amazonaws.com", "Content-Type": FORM}
    call("POST", "/", {**headers, "Authorization": signed(region="eu-central-1", key="111122223333")}, CREATE_FORM)
    [made] = fake_cloud.calls
    assert (made.account, made.region) == ("111122223333", "eu-central-1")
    assert made.answer == {"QueueUrl": "https://sqs.eu-central-1.amazonaws.com/111122223333/jobs"}


@pytest.mark.cloudfakes(account="444455556666", region="ap-northeast-1")
def test_a_request_that_says_neither_gets_the_default_account_and_region(call, fake_cloud):
    call("GET", "/?Action=ListQueues")
    assert [(made.account, made.region) for made in fake_cloud.calls] == [("444455556666", "ap-northeast-1")]


def test_old_signatures_name_their_account_too(call, fake_cloud):
    call("GET", "/?Action=ListQueues", {"Authorization": "AWS 111122223333:c2lnbmF0dXJl"})
    call("GET", "/?Action=ListQueues&AWSAccessKeyId=111122223333&SignatureVersion=2&Signature=c2ln")
    assert [made.account for made in fake_cloud.calls] == ["111122223333"] * 2


def test_signatures_for_several_regions_name_none(call, fake_cloud):
    several = (
        "AWS4-ECDSA-P256-SHA256 Credential=111122223333/20260131/sqs/aws4_request, SignedHeaders=host, Signature=01"
    )
    call("POST", "/", {"Authorization": several, "Content-Type": FORM}, "Action=ListQueues")
    assert [(made.account, made.region) for made in fake_cloud.calls] == [("111122223333", "us-east-1")]


def test_the_older_protocol_is_spoken_at_a_queues_own_address(call, fake_sqs, jobs):
    answer = call("POST", "/123456789012/jobs", {"Content-Type": FORM}, "Action=SendMessage&MessageBody=cat.png")
    assert b"<SendMessageResponse" in answer.body
    assert [message.body for message in fake_sqs.queue("jobs").visible] == ["cat.png"]


@pytest.mark.parametrize(
    "url",
    [
        "https://sqs.us-east-1.amazonaws.com/123456789012/jobs",
        "http://127.0.0.1:4566/123456789012/jobs",
        "http://sqs.us-east-1.localhost:4566/123456789012/jobs",
        "/123456789012/jobs",
    ],
)
def test_a_queue_url_of_any_host_is_taken(call, fake_sqs, jobs, url):
    assert call.sqs("SendMessage", QueueUrl=url, MessageBody="cat.png").status == 200
    assert len(fake_sqs.queue("jobs").visible) == 1


def test_the_trace_header_reaches_the_message(call, fake_sqs, jobs):
    trace = "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1"
    call(
        "POST",
        "/123456789012/jobs",
        {"Content-Type": FORM, "X-Amzn-Trace-Id": trace},
        "Action=SendMessage&MessageBody=a",
    )
    received = call.sqs("ReceiveMessage", QueueUrl=jobs, MessageSystemAttributeNames=["All"], AttributeNames=["All"])
    assert received.json["Messages"][0]["Attributes"]["AWSTraceHeader"] == trace


def test_a_bucket_in_the_host_is_the_beginning_of_the_path():
    from pytest_cloudfakes.front_door.evidence import host_name_of, with_bucket_in_path
    from pytest_cloudfakes.protocols import Headers, HttpRequest

    for host in ("my.bucket.s3.eu-west-1.amazonaws.com", "my.bucket.s3.localhost:4566"):
        request = HttpRequest("GET", "/cat.png", "", Headers([("Host", host)]), b"")
        assert with_bucket_in_path(request, host_name_of(request)).path == "/my.bucket/cat.png"


def test_a_request_that_names_no_service_is_not_found(call, fake_cloud):
    answer = call("GET", "/")
    assert answer.status == 404
    assert answer.body.startswith(b"<UnknownOperationException>")
    assert answer.headers["x-amzn-RequestId"]
    assert fake_cloud.calls == []


@pytest.mark.parametrize(
    "service, method, path, headers",
    [
        ("s3", "PUT", "/bucket/key", {}),
        ("dynamodb", "POST", "/", {"X-Amz-Target": "DynamoDB_20120810.ListTables", "Content-Type": JSON}),
        ("ec2", "POST", "/?Action=DescribeInstances", {}),
        ("lambda", "GET", "/nothing/there", {}),
    ],
)
def test_a_service_that_is_not_faked_says_so_with_a_status_that_is_not_retried(call, service, method, path, headers):
    answer = call(method, path, {**headers, "Authorization": signed(service)})
    assert answer.status == 501
    assert f"{service} isn't faked".encode() in answer.body


def test_a_call_of_what_is_not_faked_is_in_the_journal(call, fake_cloud):
    call("PUT", "/bucket/key", {"Authorization": signed("s3")}, "body")
    [made] = fake_cloud.calls
    assert (made.service, made.operation) == ("s3", "PutObject")
    assert "s3 isn't faked" in str(made.error)
