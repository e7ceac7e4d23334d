"""Credentials and regions: dummies where there are none; real ones are never read, shown or signed with."""

from __future__ import annotations

import os
import re
from urllib.parse import parse_qs, urlsplit

import boto3
import botocore.session
import pytest

from pytest_cloudfakes import FakeCloud

REAL_KEY = "AKIAIOSFODNN7EXAMPLE"
REAL_SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"

pytestmark = pytest.mark.usefixtures("without_credentials")


@pytest.fixture
def files(tmp_path):
    """A developer's machine: real credentials, a default region and a process that gives credentials, in files."""
    (tmp_path / "credentials").write_text(
        f"[default]\naws_access_key_id = {REAL_KEY}\naws_secret_access_key = {REAL_SECRET}\n"
        f"[prod]\naws_access_key_id = {REAL_KEY}\naws_secret_access_key = {REAL_SECRET}\n",
    )
    (tmp_path / "config").write_text(
        "[default]\nregion = ap-southeast-2\n"
        f"[profile process]\ncredential_process = touch {tmp_path / 'was-run'}\n"
        "[profile role]\nrole_arn = arn:aws:iam::111111111111:role/admin\nsource_profile = prod\n"
        "[profile machine]\nrole_arn = arn:aws:iam::111111111111:role/admin\ncredential_source = Ec2InstanceMetadata\n"
        "[profile sso]\nsso_start_url = https://x.awsapps.com/start\nsso_region = us-east-1\n"
        "sso_account_id = 111111111111\nsso_role_name = x\n",
    )
    return tmp_path


@pytest.fixture
def environment(monkeypatch):
    """A shell with real credentials."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", REAL_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", REAL_SECRET)
    monkeypatch.setenv("AWS_SESSION_TOKEN", "real-token")


def signed_with(client):
    """The access key in the Authorization header of a call that goes the long way."""
    headers = []

    def look(request, **kwargs):
        headers.append(request.headers["Authorization"])

    client.meta.events.register("before-send.sqs", look)
    client.list_queues()
    client.meta.events.unregister("before-send.sqs", look)
    text = headers[0].decode() if isinstance(headers[0], bytes) else headers[0]
    return re.search(r"Credential=([^/]+)/", text).group(1)


def presigned_with(client):
    query = parse_qs(urlsplit(client.generate_presigned_url("list_queues")).query)
    return query["X-Amz-Credential"][0].split("/")[0], query.get("X-Amz-Security-Token")


def test_where_there_are_none_dummies_and_a_region_are_set_and_taken_away_again():
    before = dict(os.environ)
    with FakeCloud():
        assert os.environ["AWS_ACCESS_KEY_ID"] == "CLOUDFAKES0EXAMPLE00"
        assert os.environ["AWS_DEFAULT_REGION"] == "us-east-1"
        assert boto3.client("sqs").list_queues()["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert dict(os.environ) == before


def test_what_the_environment_has_stays(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "111122223333")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    before = dict(os.environ)
    with FakeCloud() as cloud:
        client = boto3.client("sqs")
        assert client.meta.region_name == "eu-central-1"
        client.list_queues()
    assert (cloud.calls[0].account, cloud.calls[0].region) == ("111122223333", "eu-central-1")
    assert dict(os.environ) == before


def test_the_region_that_lambda_sets_counts(monkeypatch):
    monkeypatch.setenv("AWS_REGION", "eu-north-1")
    with FakeCloud():
        assert boto3.client("sqs").meta.region_name == "eu-north-1"


def test_a_region_that_the_test_sets_inside_is_left_alone():
    with FakeCloud():
        os.environ["AWS_DEFAULT_REGION"] = "eu-north-1"
    assert os.environ.pop("AWS_DEFAULT_REGION") == "eu-north-1"


def test_real_ones_of_the_environment_are_not_shown_and_not_signed_with(environment):
    with FakeCloud():
        credentials = boto3.Session().get_credentials()
        assert (credentials.access_key, credentials.token) == ("CLOUDFAKES0EXAMPLE00", None)
        assert credentials.secret_key != REAL_SECRET
        client = boto3.client("sqs")
        assert signed_with(client) == "CLOUDFAKES0EXAMPLE00"
        assert presigned_with(client) == ("CLOUDFAKES0EXAMPLE00", None)
    assert os.environ["AWS_ACCESS_KEY_ID"] == REAL_KEY


@pytest.mark.parametrize("profile", [None, "prod", "role", "machine", "sso", "process"])
def test_real_ones_of_files_are_not_read_and_not_signed_with(files, profile):
    with FakeCloud() as cloud:
        session = boto3.Session(profile_name=profile)
        assert session.get_credentials().access_key == "CLOUDFAKES0EXAMPLE00"
        client = session.client("sqs")
        assert signed_with(client) == "CLOUDFAKES0EXAMPLE00"
        assert presigned_with(client) == ("CLOUDFAKES0EXAMPLE00", None)
    assert [call.service for call in cloud.calls] == ["sqs"]
    assert not (files / "was-run").exists()


def test_a_profile_of_the_environment_is_not_read(files, monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "prod")
    with FakeCloud():
        assert signed_with(boto3.Session().client("sqs")) == "CLOUDFAKES0EXAMPLE00"


def test_a_session_that_was_used_inside_finds_its_own_afterwards(files):
    session = boto3.Session(region_name="eu-west-1")
    with FakeCloud():
        assert session.get_credentials().access_key == "CLOUDFAKES0EXAMPLE00"
        session.client("sqs").list_queues()
    assert session.get_credentials().access_key == REAL_KEY


def test_a_session_that_was_given_credentials_keeps_them():
    session = boto3.Session("111122223333", "x")
    with FakeCloud():
        assert session.get_credentials().access_key == "111122223333"
    assert session.get_credentials().access_key == "111122223333"


def test_a_client_that_was_made_with_real_ones_signs_with_dummies_inside_and_with_its_own_outside(files, monkeypatch):
    client = boto3.Session(profile_name="prod", region_name="eu-west-1").client("sqs")
    with FakeCloud():
        assert signed_with(client) == "CLOUDFAKES0EXAMPLE00"
        assert presigned_with(client)[0] == "CLOUDFAKES0EXAMPLE00"
    assert presigned_with(client)[0] == REAL_KEY
    assert client._request_signer._credentials.access_key == REAL_KEY


def test_real_ones_that_a_client_is_given_are_not_signed_with(either_way):
    with FakeCloud() as cloud:
        client = boto3.client(
            "sqs", aws_access_key_id=REAL_KEY, aws_secret_access_key=REAL_SECRET, aws_session_token="t"
        )
        assert signed_with(client) == "CLOUDFAKES0EXAMPLE00"
        assert presigned_with(client) == ("CLOUDFAKES0EXAMPLE00", None)
        either_way(client).list_queues()
    assert {call.account for call in cloud.calls} == {"123456789012"}


def test_credentials_that_expired_are_not_fetched_anew(either_way):
    from botocore.credentials import RefreshableCredentials

    def fetch():
        raise AssertionError("fetched")

    client = boto3.client("sqs", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
    expired = {"access_key": REAL_KEY, "secret_key": REAL_SECRET, "token": "t", "expiry_time": "2020-01-01T00:00:00Z"}
    client._request_signer._credentials = RefreshableCredentials.create_from_metadata(expired, fetch, "test")
    with FakeCloud():
        either_way(client).list_queues()
        assert presigned_with(client)[0] == "CLOUDFAKES0EXAMPLE00"


def test_nobody_asks_the_machine_for_its_role(monkeypatch):
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/x")
    asked = []
    monkeypatch.setattr("urllib3.connectionpool.HTTPConnectionPool.urlopen", lambda *args, **kwargs: asked.append(args))
    with FakeCloud():
        assert botocore.session.Session().get_credentials().access_key == "CLOUDFAKES0EXAMPLE00"
        boto3.client("sqs").list_queues()
    assert asked == []


def test_a_presigned_url_of_the_post_kind_is_signed_with_dummies_too(environment):
    with FakeCloud():
        post = boto3.client("s3", region_name="eu-west-1").generate_presigned_post("bucket", "key")
    text = repr(post)
    assert "CLOUDFAKES0EXAMPLE00" in text
    assert REAL_KEY not in text
    assert "real-token" not in text


def test_the_older_name_of_the_signers_method_signs_with_dummies_too(environment):
    with FakeCloud():
        signer = boto3.client("sqs", region_name="eu-west-1")._request_signer
        signer._credentials = boto3.Session(REAL_KEY, REAL_SECRET).get_credentials()
        assert signer.get_auth("sqs", "eu-west-1").credentials.access_key == "CLOUDFAKES0EXAMPLE00"
