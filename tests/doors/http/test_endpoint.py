"""What `serve` gives: an address of this machine, an environment for subprocesses, and nothing left behind."""

from __future__ import annotations

import gc
import os
import socket
import subprocess
import sys
import threading
import weakref

import pytest

from pytest_cloudfakes import CloudFakesError, FakeCloud

from .conftest import address_of


def is_reachable(address):
    with socket.socket() as connection:
        return connection.connect_ex(address) == 0


def test_it_listens_on_the_loopback_address_only(fake_cloud):
    host, port = address_of(fake_cloud.serve().url)
    assert host == "127.0.0.1"
    assert is_reachable((host, port))
    assert not is_reachable(("127.0.0.2", port))


def test_each_gets_a_port_of_its_own(fake_cloud, caller_of):
    first, second = fake_cloud.serve(), fake_cloud.serve()
    assert first.url != second.url
    assert caller_of(first.url).sqs("CreateQueue", QueueName="jobs").status == 200
    assert len(caller_of(second.url).sqs("ListQueues").json["QueueUrls"]) == 1


def test_the_port_can_be_chosen_if_it_is_unused(fake_cloud):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    endpoint = fake_cloud.serve(port=port)
    assert endpoint.url == f"http://127.0.0.1:{port}"
    with pytest.raises(CloudFakesError, match=f"port {port} can't be used"):
        fake_cloud.serve(port=port)


def test_it_ends_with_its_block(fake_cloud):
    with fake_cloud.serve() as endpoint:
        assert is_reachable(address_of(endpoint.url))
    assert not is_reachable(address_of(endpoint.url))
    endpoint.close()


def test_it_ends_with_its_cloud_at_the_latest(caller_of):
    with FakeCloud() as cloud:
        url = cloud.serve().url
        assert caller_of(url).sqs("ListQueues").status == 200
    assert not is_reachable(address_of(url))
    assert not [thread.name for thread in threading.enumerate() if thread.name.startswith("cloudfakes")]


def test_nothing_of_the_cloud_is_kept(caller_of):
    with FakeCloud() as cloud:
        caller_of(cloud.serve().url).sqs("CreateQueue", QueueName="jobs")
    gone = weakref.ref(cloud)
    del cloud
    gc.collect()
    assert gone() is None


def test_a_cloud_that_is_off_is_not_served():
    with pytest.raises(CloudFakesError, match="off"):
        FakeCloud().serve()


def test_the_environment_leads_subprocesses_here_and_hides_the_owners_own(fake_cloud, monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "real")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "real")
    monkeypatch.setenv("no_proxy", "intranet")
    monkeypatch.setenv("GREETING", "hello")
    endpoint = fake_cloud.serve()
    environment = endpoint.environment

    assert environment["GREETING"] == "hello"
    assert environment["AWS_ENDPOINT_URL"] == endpoint.url
    assert environment["AWS_ACCESS_KEY_ID"] != "real"
    assert environment["AWS_REGION"] == environment["AWS_DEFAULT_REGION"] == "us-east-1"
    assert "AWS_PROFILE" not in environment
    assert "AWS_SESSION_TOKEN" not in environment
    assert environment["no_proxy"] == environment["NO_PROXY"] == "intranet,127.0.0.1"
    assert set(endpoint.variables) == {name for name in environment if name.startswith("AWS_")}
    assert os.environ["AWS_PROFILE"] == "production"


def test_a_subprocess_with_boto3_finds_the_cloud(fake_sqs, fake_aws_endpoint):
    program = 'import boto3; print(boto3.client("sqs").create_queue(QueueName="jobs")["QueueUrl"])'
    done = subprocess.run(
        [sys.executable, "-c", program], env=fake_aws_endpoint.environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == f"{fake_aws_endpoint.url}/123456789012/jobs"
    assert fake_sqs.queue("jobs").visible == []


def test_clients_of_this_process_are_answered_in_process_whatever_their_endpoint(fake_aws_endpoint, fake_cloud):
    client = fake_cloud.client("sqs")
    fake_aws_endpoint.close()
    client.list_queues()
    assert len(fake_cloud.calls) == 1


def test_the_server_library_is_imported_when_it_is_needed():
    program = (
        "import sys, pytest_cloudfakes\n"
        "with pytest_cloudfakes.FakeCloud() as cloud:\n"
        "    cloud.client('sqs', region='us-east-1').list_queues()\n"
        "    assert 'cheroot' not in sys.modules\n"
        "    cloud.serve()\n"
        "    assert 'cheroot' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_without_the_extra_it_says_what_to_install(fake_cloud, monkeypatch):
    monkeypatch.setattr("pytest_cloudfakes.front_door.endpoint.find_spec", lambda name: None)
    with pytest.raises(CloudFakesError, match=r"pip install 'pytest-cloudfakes\[server\]'"):
        fake_cloud.serve()
