"""Nothing leaves the process; what isn't faked says so."""

from __future__ import annotations

import contextlib
import http.server
import threading

import boto3
import botocore.httpsession
import pytest
from botocore.awsrequest import AWSRequest
from botocore.exceptions import EndpointConnectionError, NoCredentialsError
from botocore.parsers import ResponseParserError

from pytest_cloudfakes import FakeCloud, NetworkBlocked, NotFaked
from pytest_cloudfakes.interception import network_guard
from pytest_cloudfakes.services import FAKED, service_class
from pytest_cloudfakes.targets import find_target

REGION = "eu-west-1"
KEYS = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "x"}


@pytest.fixture(autouse=True)
def no_sockets(monkeypatch):
    """Fails the test if anything but the loopback is connected to."""
    import socket

    connect = socket.socket.connect

    def guarded(self, address):
        assert address[0] in {"127.0.0.1", "localhost"}, f"a connection to {address}"
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture
def server():
    """A server on the loopback that answers like DynamoDB; `.seen` are its requests."""
    seen = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            seen.append(dict(self.headers))
            body = b'{"TableNames": ["from the server"]}'
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    served = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    served.seen = seen
    thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield served
    served.shutdown()
    thread.join()
    served.server_close()


def dynamodb(server):
    return boto3.client("dynamodb", region_name=REGION, endpoint_url=f"http://127.0.0.1:{server.server_port}", **KEYS)


def test_a_service_that_is_not_faked_says_what_is_and_what_to_do(fake_cloud):
    with pytest.raises(NotFaked) as caught:
        boto3.client("glue", region_name=REGION).get_databases()
    assert str(caught.value) == (
        "glue.GetDatabases was called (eu-west-1, account 123456789012), but glue isn't faked. Faked services: "
        f"{', '.join(sorted(FAKED))}. Stub this client (botocore.stub.Stubber), or let its calls through with "
        "passthrough={'glue'}."
    )


@pytest.mark.parametrize(
    "url", ["https://example.com", "http://localhost:4566", "https://kms.eu-west-1.api.aws", "http://127.0.0.1:9"]
)
def test_whatever_the_endpoint_is(fake_cloud, url):
    with pytest.raises(NotFaked, match=r"kms\.ListKeys"):
        boto3.client("kms", region_name=REGION, endpoint_url=url).list_keys()


def test_it_is_not_retried_and_takes_no_time(fake_clock):
    before = fake_clock.now()
    with pytest.raises(NotFaked):
        boto3.client("dynamodb", region_name=REGION).list_tables()
    assert fake_clock.now() == before


def test_an_operation_that_is_not_faked_names_itself(fake_cloud, sqs, either_way, monkeypatch):
    sqs_service = service_class("sqs")
    monkeypatch.delitem(sqs_service.operations, "list_queues")
    monkeypatch.setitem(sqs_service.gaps, "ListQueues", "nobody lists queues")
    find_target.cache_clear()
    try:
        with pytest.raises(
            NotFaked, match=r"sqs.ListQueues was called \(eu-west-1, .*isn't faked: nobody lists queues"
        ):
            either_way(sqs).list_queues()
    finally:
        find_target.cache_clear()


def test_a_parameter_that_is_not_faked_names_itself(fake_cloud, sqs, either_way, monkeypatch):
    find_target.cache_clear()
    target = find_target("sqs", "ListQueues")
    monkeypatch.setattr(target, "unsupported", frozenset({"QueueNamePrefix"}))
    either_way(sqs).list_queues()
    with pytest.raises(NotFaked, match=r"sqs\.ListQueues was called with QueueNamePrefix"):
        sqs.list_queues(QueueNamePrefix="a")


def test_a_request_from_outside_of_a_clients_call_is_blocked(fake_cloud):
    session = botocore.httpsession.URLLib3Session()
    request = AWSRequest("GET", "https://example.com/x").prepare()
    with pytest.raises(
        NetworkBlocked, match=r"A request to example.com was about to leave the process while a fake cloud is on"
    ):
        session.send(request)


def test_the_machines_metadata_is_unreachable(fake_cloud):
    session = botocore.httpsession.URLLib3Session()
    with pytest.raises(EndpointConnectionError):
        session.send(AWSRequest("GET", "http://169.254.169.254/latest/meta-data/").prepare())


def test_a_service_that_is_let_through_reaches_its_server(server, long_way):
    with FakeCloud(passthrough={"dynamodb"}) as cloud:
        client = dynamodb(server)
        assert client.list_tables()["TableNames"] == ["from the server"]
        sqs = boto3.client("sqs", region_name=REGION)
        sqs.create_queue(QueueName="jobs")
        long_way(sqs).list_queues()
        with pytest.raises(NotFaked):
            boto3.client("glue", region_name=REGION).get_databases()

    assert "Credential=AKIAIOSFODNN7EXAMPLE/" in server.seen[0]["Authorization"]
    assert [call.operation for call in cloud.calls] == ["CreateQueue", "ListQueues"]


def test_only_those_that_are_let_through_are_signed_with_their_own_credentials(server):
    seen = []
    with FakeCloud(passthrough={"dynamodb"}):
        sqs = boto3.client("sqs", region_name=REGION, **KEYS)
        sqs.meta.events.register(
            "before-send", lambda request, **kwargs: seen.append(str(request.headers["Authorization"]))
        )
        sqs.list_queues()
        dynamodb(server).list_tables()
    assert "Credential=CLOUDFAKES0EXAMPLE00/" in seen[0]
    assert "Credential=AKIAIOSFODNN7EXAMPLE/" in server.seen[0]["Authorization"]


def test_what_is_let_through_finds_the_credentials_of_files(server, without_credentials, tmp_path):
    (tmp_path / "credentials").write_text(
        "[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n"
    )
    url = f"http://127.0.0.1:{server.server_port}"
    with FakeCloud(passthrough={"dynamodb"}):
        boto3.Session().client("dynamodb", region_name=REGION, endpoint_url=url).list_tables()
    assert "Credential=AKIAIOSFODNN7EXAMPLE/" in server.seen[0]["Authorization"]


def test_a_faked_service_may_be_let_through_as_well(server):
    with FakeCloud(passthrough={"sqs"}) as cloud:
        client = boto3.client("sqs", region_name=REGION, endpoint_url=f"http://127.0.0.1:{server.server_port}", **KEYS)
        client.meta.events.register("before-parse", lambda response_dict, **kwargs: response_dict.update(body=b""))
        with contextlib.suppress(ResponseParserError):
            client.list_queues()
    assert len(server.seen) == 1
    assert cloud.calls == []


def test_the_guard_alone_blocks_every_request():
    with network_guard(), pytest.raises(NetworkBlocked) as caught:
        boto3.client("sqs", region_name=REGION, **KEYS).list_queues()
    assert str(caught.value) == (
        "A request to sqs.eu-west-1.amazonaws.com was about to leave the process, which cloudfakes_block_network "
        "forbids: ask for a fixture such as fake_cloud, or stub the client."
    )


def test_the_guard_tells_of_the_request_even_where_there_are_no_credentials(without_credentials):
    with network_guard(), pytest.raises(NetworkBlocked):
        boto3.client("sqs", region_name=REGION).list_queues()


def test_without_guard_and_cloud_botocore_is_as_ever(without_credentials, monkeypatch):
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(NoCredentialsError):
        boto3.Session().client("sqs", region_name=REGION).list_queues()


def test_inside_the_guard_a_cloud_answers_and_after_it_the_guard_is_back():
    with network_guard():
        client = boto3.client("sqs", region_name=REGION, **KEYS)
        with FakeCloud():
            client.list_queues()
        with pytest.raises(NetworkBlocked):
            client.list_queues()


def test_the_guard_does_not_stand_in_the_way_of_stubs():
    from botocore.stub import Stubber

    with network_guard():
        client = boto3.client("sqs", region_name=REGION, **KEYS)
        with Stubber(client) as stubber:
            stubber.add_response("list_queues", {"QueueUrls": ["stub"]})
            assert client.list_queues()["QueueUrls"] == ["stub"]
