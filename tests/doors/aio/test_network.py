"""Nothing of aiobotocore leaves the process; what isn't faked says so."""

from __future__ import annotations

import asyncio
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from botocore.awsrequest import AWSRequest
from botocore.exceptions import EndpointConnectionError, NoCredentialsError

from pytest_cloudfakes import FakeCloud, NetworkBlocked, NotFaked
from pytest_cloudfakes.interception import network_guard

from .conftest import HAS_HTTPX_BACKEND, KEYS, create_client

pytestmark = pytest.mark.asyncio

REAL_KEYS = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "x"}


@pytest.fixture(autouse=True)
def no_sockets(monkeypatch):
    """Fails the test if anything but the loopback is connected to or looked up."""
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def guarded(self, address):
        assert address[0] in {"127.0.0.1", "localhost"}, f"a connection to {address}"
        return connect(self, address)

    def guarded_look_up(host, *args, **kwargs):
        assert host in {"127.0.0.1", "localhost", None}, f"a look at {host}"
        return look_up(host, *args, **kwargs)

    monkeypatch.setattr(socket.socket, "connect", guarded)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_look_up)


@pytest.fixture
def server():
    """A server on the loopback that answers like DynamoDB; `.seen` are the headers of its requests."""
    seen = []

    class Handler(BaseHTTPRequestHandler):
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

    served = HTTPServer(("127.0.0.1", 0), Handler)
    served.seen = seen
    thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield served
    served.shutdown()
    thread.join()
    served.server_close()


async def test_a_service_that_is_not_faked_says_so_at_once(fake_clock, long_way):
    before = fake_clock.now()
    async with create_client("glue") as glue:
        with pytest.raises(NotFaked, match=r"^glue\.GetDatabases was called \(eu-west-1, account 123456789012\)"):
            await glue.get_databases()
    assert fake_clock.now() == before


@pytest.mark.parametrize("url", ["https://example.com", "http://localhost:4566", "https://kms.eu-west-1.api.aws"])
async def test_whatever_the_endpoint_is(fake_cloud, url):
    async with create_client("kms", endpoint_url=url) as kms:
        with pytest.raises(NotFaked, match=r"kms\.ListKeys"):
            await kms.list_keys()


def http_sessions():
    from aiobotocore.httpsession import AIOHTTPSession

    yield AIOHTTPSession
    if HAS_HTTPX_BACKEND:
        from aiobotocore.httpxsession import HttpxSession

        yield HttpxSession


@pytest.mark.parametrize("kind", [0, 1])
async def test_a_request_from_outside_of_a_clients_call_is_blocked(fake_cloud, kind):
    kinds = list(http_sessions())
    if kind >= len(kinds):
        pytest.skip("this aiobotocore has no backend for httpx, or there is no httpx")
    async with kinds[kind]() as session:
        with pytest.raises(NetworkBlocked, match=r"A request to example\.com was about to leave the process"):
            await session.send(AWSRequest("GET", "https://example.com/x").prepare())
        with pytest.raises(EndpointConnectionError):
            await session.send(AWSRequest("GET", "http://169.254.169.254/latest/meta-data/").prepare())


async def test_credentials_come_from_nowhere_but_the_environment(fake_cloud, without_credentials, tmp_path):
    (tmp_path / "credentials").write_text(
        "[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n"
    )
    from aiobotocore.session import get_session

    session = get_session()
    credentials = await session.get_credentials()
    assert credentials.access_key == "CLOUDFAKES0EXAMPLE00"
    assert session._credentials is None


async def test_what_is_signed_is_signed_with_dummies(fake_cloud):
    seen = []
    async with create_client(**REAL_KEYS) as sqs:
        sqs.meta.events.register(
            "before-send", lambda request, **kwargs: seen.append(str(request.headers["Authorization"]))
        )
        await sqs.list_queues()
        assert sqs._request_signer._credentials.access_key == "AKIAIOSFODNN7EXAMPLE"
    assert "Credential=CLOUDFAKES0EXAMPLE00/" in seen[0]


async def test_the_machines_role_is_not_asked_for(fake_cloud, without_credentials):
    from aiobotocore.utils import AioInstanceMetadataFetcher

    assert await AioInstanceMetadataFetcher(timeout=0.1).retrieve_iam_role_credentials() == {}


async def test_a_service_that_is_let_through_reaches_its_server(server):
    with FakeCloud(passthrough={"dynamodb"}) as cloud:
        async with create_client(
            "dynamodb", endpoint_url=f"http://127.0.0.1:{server.server_port}", **REAL_KEYS
        ) as dynamodb:
            assert (await dynamodb.list_tables())["TableNames"] == ["from the server"]
        async with create_client(**KEYS) as sqs:
            await sqs.list_queues()
    assert "Credential=AKIAIOSFODNN7EXAMPLE/" in server.seen[0]["Authorization"]
    assert [call.operation for call in cloud.calls] == ["ListQueues"]


async def test_the_guard_alone_blocks_every_request():
    with network_guard():
        async with create_client(**REAL_KEYS) as sqs:
            with pytest.raises(NetworkBlocked, match="which cloudfakes_block_network forbids"):
                await sqs.list_queues()


async def test_the_guard_tells_of_the_request_even_where_there_are_no_credentials(without_credentials):
    from aiobotocore.session import get_session

    with network_guard():
        async with get_session().create_client("sqs", region_name="eu-west-1") as sqs:
            with pytest.raises(NetworkBlocked):
                await sqs.list_queues()


async def test_without_guard_and_cloud_aiobotocore_is_as_ever(without_credentials, monkeypatch):
    from aiobotocore.session import get_session

    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    async with get_session().create_client("sqs", region_name="eu-west-1") as sqs:
        with pytest.raises(NoCredentialsError):
            await sqs.list_queues()


async def test_inside_the_guard_a_cloud_answers_and_after_it_the_guard_is_back():
    with network_guard():
        async with create_client(**REAL_KEYS) as sqs:
            with FakeCloud():
                await sqs.list_queues()
            with pytest.raises(NetworkBlocked):
                await sqs.list_queues()
    await asyncio.sleep(0)
