"""Queues of other accounts: by their URL or by naming the owner, and what only the owner may do."""

import json

import pytest

OTHER = "210987654321"


@pytest.fixture
def stranger(fake_cloud):
    """A client of another account."""
    return fake_cloud.client("sqs", account=OTHER)


def test_a_queue_of_another_account_by_its_url(stranger, queue_url, counts, bodies):
    stranger.send_message(QueueUrl=queue_url, MessageBody="from outside")
    assert counts(queue_url) == (1, 0, 0)
    assert stranger.receive_message(QueueUrl=queue_url)["Messages"][0]["Body"] == "from outside"


def test_a_queue_of_another_account_by_its_name_and_owner(stranger, queue_url, no_such_queue):
    found = stranger.get_queue_url(QueueName="jobs", QueueOwnerAWSAccountId="123456789012")
    assert found["QueueUrl"] == queue_url
    with no_such_queue():
        stranger.get_queue_url(QueueName="jobs")
    with no_such_queue():
        stranger.get_queue_url(QueueName="jobs", QueueOwnerAWSAccountId="111111111111")


def test_accounts_have_names_of_their_own(stranger, queue_url, counts):
    url = stranger.create_queue(QueueName="jobs")["QueueUrl"]
    assert url == f"https://sqs.us-east-1.amazonaws.com/{OTHER}/jobs"
    stranger.send_message(QueueUrl=url, MessageBody="elsewhere")
    assert counts(queue_url) == (0, 0, 0)
    assert stranger.list_queues()["QueueUrls"] == [url]


def test_the_sender_is_known(stranger, sqs, queue_url, receive):
    stranger.send_message(QueueUrl=queue_url, MessageBody="a")
    sqs.send_message(QueueUrl=queue_url, MessageBody="b")
    one, two = (message["Attributes"]["SenderId"] for message in receive(queue_url, AttributeNames=["SenderId"]))
    assert one != two


OWNERS_ALONE = {
    "add_permission": {"Label": "x", "AWSAccountIds": [OTHER], "Actions": ["*"]},
    "delete_queue": {},
    "list_queue_tags": {},
    "remove_permission": {"Label": "x"},
    "set_queue_attributes": {"Attributes": {"DelaySeconds": "1"}},
    "tag_queue": {"Tags": {"a": "b"}},
    "untag_queue": {"TagKeys": ["a"]},
}


@pytest.mark.parametrize("operation", OWNERS_ALONE)
def test_what_only_the_owner_may_do(stranger, queue_url, refused, operation):
    with refused("AccessDenied", shape="AccessDeniedException", status=403):
        getattr(stranger, operation)(QueueUrl=queue_url, **OWNERS_ALONE[operation])


def test_move_tasks_are_for_the_owner(stranger, create, refused):
    create("dead")
    policy = {"deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:dead", "maxReceiveCount": 1}
    create("jobs", RedrivePolicy=json.dumps(policy))
    with refused("ResourceNotFoundException", status=404):
        stranger.start_message_move_task(SourceArn=policy["deadLetterTargetArn"])


def test_others_may_purge_and_look(stranger, queue_url):
    stranger.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["All"])
    stranger.list_dead_letter_source_queues(QueueUrl=queue_url)
    stranger.purge_queue(QueueUrl=queue_url)


@pytest.mark.cloudfakes(policies="enforced")
class TestEnforcedPolicies:
    def allow(self, sqs, url, *actions, effect="Allow", principal=None, **statement):
        document = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": effect,
                    "Principal": principal or {"AWS": OTHER},
                    "Action": list(actions),
                    "Resource": "arn:aws:sqs:us-east-1:123456789012:jobs",
                    **statement,
                }
            ],
        }
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(document)})

    def denied(self, refused):
        return refused(
            "AccessDenied",
            "Access to the resource https://sqs.us-east-1.amazonaws.com/ is denied.",
            shape="AccessDeniedException",
            status=403,
        )

    def test_another_account_needs_to_be_allowed(self, stranger, sqs, queue_url, refused):
        with self.denied(refused):
            stranger.send_message(QueueUrl=queue_url, MessageBody="a")
        with self.denied(refused):
            stranger.get_queue_url(QueueName="jobs", QueueOwnerAWSAccountId="123456789012")
        self.allow(sqs, queue_url, "sqs:SendMessage", "sqs:GetQueueUrl")
        stranger.send_message(QueueUrl=queue_url, MessageBody="a")
        stranger.get_queue_url(QueueName="jobs", QueueOwnerAWSAccountId="123456789012")
        with self.denied(refused):
            stranger.receive_message(QueueUrl=queue_url)

    def test_a_batch_needs_the_single_action(self, stranger, sqs, queue_url):
        self.allow(sqs, queue_url, "SQS:SendMessage")
        entries = [{"Id": "1", "MessageBody": "a"}]
        assert "Failed" not in stranger.send_message_batch(QueueUrl=queue_url, Entries=entries)

    def test_add_permission_is_enough(self, stranger, sqs, queue_url):
        sqs.add_permission(QueueUrl=queue_url, Label="x", AWSAccountIds=[OTHER], Actions=["SendMessage"])
        stranger.send_message(QueueUrl=queue_url, MessageBody="a")

    def test_the_owners_account_needs_no_policy(self, sqs, queue_url, send):
        send(queue_url)

    def test_a_denial_holds_for_the_owners_account_too(self, sqs, queue_url, send, refused):
        self.allow(sqs, queue_url, "sqs:SendMessage", effect="Deny", principal="*")
        with self.denied(refused):
            send(queue_url)

    def test_a_service_needs_to_be_allowed(self, fake_cloud, sqs, queue_url, counts):
        from pytest_cloudfakes.api import ApiError, Caller

        topic = "arn:aws:sns:us-east-1:123456789012:topic"

        def deliver():
            caller = Caller("123456789012", service="sns.amazonaws.com", context={"aws:SourceArn": topic})
            fake_cloud.invoke(
                "sqs", "SendMessage", {"QueueUrl": queue_url, "MessageBody": "a"}, caller=caller, region="us-east-1"
            )

        with pytest.raises(ApiError) as caught:
            deliver()
        assert caught.value.error_code == "AccessDenied"
        service = {"Service": "sns.amazonaws.com"}
        other_topic = {"ArnEquals": {"aws:SourceArn": topic + "2"}}
        self.allow(sqs, queue_url, "sqs:SendMessage", principal=service, Condition=other_topic)
        with pytest.raises(ApiError):
            deliver()
        self.allow(
            sqs, queue_url, "sqs:SendMessage", principal=service, Condition={"ArnEquals": {"aws:SourceArn": topic}}
        )
        deliver()
        assert counts(queue_url) == (1, 0, 0)
