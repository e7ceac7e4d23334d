"""AddPermission and RemovePermission: statements in the queue's policy."""

import json

import pytest

ARN = "arn:aws:sqs:us-east-1:123456789012:jobs"


@pytest.fixture
def allow(sqs, queue_url):
    return lambda label="label", accounts=("111111111111",), actions=("ReceiveMessage",): sqs.add_permission(
        QueueUrl=queue_url, Label=label, AWSAccountIds=list(accounts), Actions=list(actions)
    )


@pytest.fixture
def withdraw(sqs, queue_url):
    return lambda label="label": sqs.remove_permission(QueueUrl=queue_url, Label=label)


@pytest.fixture
def policy(queue_url, attributes_of):
    return lambda: json.loads(attributes_of(queue_url, "Policy").get("Policy", "null"))


def statement(label="label", principal="arn:aws:iam::111111111111:root", action="SQS:ReceiveMessage"):
    return {"Sid": label, "Effect": "Allow", "Principal": {"AWS": principal}, "Action": action, "Resource": ARN}


def test_the_first_makes_a_policy(allow, policy):
    allow()
    assert policy() == {"Version": "2008-10-17", "Id": f"{ARN}/SQSDefaultPolicy", "Statement": [statement()]}


def test_several_accounts_and_actions_are_lists(allow, policy):
    allow(accounts=["668614515564", "111111111111"], actions=["ReceiveMessage", "SendMessage"])
    (found,) = policy()["Statement"]
    assert found["Principal"] == {"AWS": ["arn:aws:iam::668614515564:root", "arn:aws:iam::111111111111:root"]}
    assert found["Action"] == ["SQS:ReceiveMessage", "SQS:SendMessage"]


def test_every_action(allow, policy):
    allow(actions=["*"])
    assert policy()["Statement"][0]["Action"] == "SQS:*"


def test_further_ones_are_appended(allow, policy):
    allow("crossaccountpermission")
    allow("crossaccountpermission2")
    assert policy()["Statement"] == [statement("crossaccountpermission"), statement("crossaccountpermission2")]


def test_a_label_is_used_once(allow, invalid):
    allow("crossaccountpermission")
    with invalid("Value crossaccountpermission for parameter Label is invalid. Reason: Already exists."):
        allow("crossaccountpermission", accounts=["222222222222"])


def test_removing_them_one_by_one(allow, withdraw, policy, invalid):
    allow("one")
    allow("two")
    withdraw("one")
    assert policy()["Statement"] == [statement("two")]
    withdraw("two")
    assert policy() is None
    with invalid("Value two for parameter Label is invalid. Reason: can't find label."):
        withdraw("two")


def test_a_policy_that_was_set_is_kept(sqs, queue_url, allow, withdraw, policy):
    own = {
        "Version": "2012-10-17",
        "Statement": [{"Sid": "own", "Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": ARN}],
    }
    sqs.set_queue_attributes(QueueUrl=queue_url, Attributes={"Policy": json.dumps(own)})
    allow("another")
    assert policy() == {**own, "Statement": [*own["Statement"], statement("another")]}
    withdraw("another")
    assert policy() == own


@pytest.mark.parametrize("label", ["", "a" * 81, "a b", "é"])
def test_labels_that_are_refused(allow, invalid, label):
    with invalid():
        allow(label)


def test_the_longest_label(allow):
    allow("a" * 80)


def test_seven_actions(allow, refused):
    actions = ["SendMessage", "ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility", "GetQueueUrl", "PurgeQueue"]
    allow("seven", actions=[*actions, "GetQueueAttributes"])
    with refused("OverLimit", "8 Actions were found, maximum allowed is 7.", status=403):
        allow("eight", actions=[*actions, "GetQueueAttributes", "ListDeadLetterSourceQueues"])


@pytest.mark.parametrize("action", ["Send", "SendMessageBatch", "sqs:SendMessage", ""])
def test_unknown_actions(allow, invalid, action):
    with invalid():
        allow(actions=["SendMessage", action])


@pytest.mark.parametrize(
    "action",
    [
        "AddPermission", "CancelMessageMoveTask", "CreateQueue", "DeleteQueue", "ListMessageMoveTasks", "ListQueues",
        "ListQueueTags", "RemovePermission", "SetQueueAttributes", "StartMessageMoveTask", "TagQueue", "UntagQueue",
    ],
)  # fmt: skip
def test_what_only_the_owner_may_do_cant_be_allowed(allow, invalid, action):
    with invalid(
        f"Value SQS:{action} for parameter ActionName is invalid. Reason: "
        "Only the queue owner is allowed to invoke this action."
    ):
        allow(actions=[action])


def test_no_action_at_all(sqs, queue_url, allow, refused, by_query):
    if by_query:
        pytest.skip("the query protocol has no empty lists")
    with refused(
        "MissingParameter", "The request must contain the parameter Actions.", shape="MissingRequiredParameterException"
    ):
        allow(actions=[])


@pytest.mark.parametrize("account", ["123", "arn:aws:iam::111111111111:root", "", "\u0661" * 12])
def test_accounts_that_are_none(allow, invalid, account):
    with invalid(f"Value {account} for parameter PrincipalId is invalid. Reason: Unable to verify."):
        allow(accounts=[account])


def test_no_account_at_all(allow, invalid, by_query):
    if by_query:
        pytest.skip("the query protocol has no empty lists")
    with invalid("Value [] for parameter PrincipalId is invalid. Reason: Unable to verify."):
        allow(accounts=[])


def test_twenty_statements(allow, refused):
    for number in range(20):
        allow(f"label{number}")
    with refused("OverLimit", status=403):
        allow("another")
