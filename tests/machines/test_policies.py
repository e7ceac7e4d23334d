"""Resource policies: which documents AWS takes, and what they say of a request."""

from __future__ import annotations

import json

import pytest

from pytest_cloudfakes.api import Caller
from pytest_cloudfakes.policies import Decision, PolicyError, evaluate, parse_policy, time_keys

QUEUE = "arn:aws:sqs:eu-west-1:123456789012:jobs"
ALICE = Caller("123456789012", arn="arn:aws:iam::123456789012:user/team/alice", user_id="AIDAALICE000000000000")
BOB = Caller("210987654321", arn="arn:aws:iam::210987654321:user/bob")
ROLE = Caller("123456789012", arn="arn:aws:sts::123456789012:assumed-role/worker/session-1")
SNS = Caller("123456789012", service="sns.amazonaws.com")
ALLOW, DENY, NONE = Decision.ALLOW, Decision.DENY, Decision.NONE


def statement(**elements):
    return {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": QUEUE, **elements}


def policy(*statements, version="2012-10-17"):
    return parse_policy(json.dumps({"Version": version, "Statement": list(statements)}))


def decision(*statements, caller=ALICE, action="sqs:SendMessage", resource=QUEUE, version="2012-10-17", **context):
    keys = {name.replace("__", ":"): value for name, value in context.items()}
    return evaluate(policy(*statements, version=version), caller=caller, action=action, resource=resource, context=keys)


class TestDecisions:
    def test_what_no_statement_speaks_of_is_undecided(self):
        assert decision(statement(Action="sqs:ReceiveMessage")) is NONE

    def test_an_allowance_decides(self):
        assert decision(statement()) is ALLOW

    def test_a_denial_wins_wherever_it_stands(self):
        assert decision(statement(), statement(Effect="Deny")) is DENY
        assert decision(statement(Effect="Deny"), statement()) is DENY

    def test_a_denial_of_something_else_changes_nothing(self):
        assert decision(statement(), statement(Effect="Deny", Action="sqs:DeleteQueue")) is ALLOW


@pytest.mark.parametrize(
    "actions, action, applies",
    [
        ("sqs:SendMessage", "sqs:SendMessage", True),
        ("SQS:sendmessage", "sqs:SendMessage", True),
        ("sqs:SendMessage", "sqs:SendMessageBatch", False),
        ("sqs:Send*", "sqs:SendMessageBatch", True),
        ("sqs:?endMessage", "sqs:SendMessage", True),
        ("sqs:*", "sns:Publish", False),
        ("*", "sns:Publish", True),
        (["sns:Publish", "sqs:SendMessage"], "sqs:SendMessage", True),
    ],
)
def test_actions_match_in_any_case_and_by_wildcards(actions, action, applies):
    assert (decision(statement(Action=actions), action=action) is ALLOW) is applies


def test_not_action_is_everything_else():
    everything_but = statement(NotAction=["sqs:DeleteQueue", "sqs:Purge*"])
    del everything_but["Action"]
    assert decision(everything_but) is ALLOW
    assert decision(everything_but, action="sqs:PurgeQueue") is NONE


@pytest.mark.parametrize(
    "resources, applies",
    [
        (QUEUE, True),
        ("arn:aws:sqs:*:*:jobs", True),
        ("arn:aws:sqs:*", True),
        ("arn:aws:sqs:eu-west-1:123456789012:job?", True),
        ("arn:aws:sqs:eu-west-1:123456789012:Jobs", False),
        ("arn:aws:sqs:eu-west-1:123456789012:job", False),
        ("*", True),
        (["arn:aws:sqs:eu-west-1:123456789012:mail", QUEUE], True),
    ],
)
def test_resources_match_by_wildcards(resources, applies):
    assert (decision(statement(Resource=resources)) is ALLOW) is applies


def test_not_resource_is_every_other():
    every_other = statement(NotResource=QUEUE)
    del every_other["Resource"]
    assert decision(every_other) is NONE
    assert decision(every_other, resource=QUEUE + "-2") is ALLOW


@pytest.mark.parametrize(
    "principal, callers",
    [
        ("*", [ALICE, BOB, ROLE, SNS]),
        ({"AWS": "*"}, [ALICE, BOB, ROLE, SNS]),
        ({"AWS": "123456789012"}, [ALICE, ROLE]),
        ({"AWS": "arn:aws:iam::123456789012:root"}, [ALICE, ROLE]),
        ({"AWS": ALICE.arn}, [ALICE]),
        ({"AWS": "AIDAALICE000000000000"}, [ALICE]),
        ({"AWS": [ALICE.arn, "210987654321"]}, [ALICE, BOB]),
        ({"AWS": "arn:aws:iam::123456789012:role/worker"}, [ROLE]),
        ({"AWS": ROLE.arn}, [ROLE]),
        ({"AWS": "arn:aws:sts::123456789012:assumed-role/worker/session-2"}, []),
        ({"Service": "sns.amazonaws.com"}, [SNS]),
        ({"Service": ["s3.amazonaws.com", "sns.amazonaws.com"], "AWS": BOB.arn}, [BOB, SNS]),
        ({"Service": "s3.amazonaws.com"}, []),
        ({"Federated": "cognito-identity.amazonaws.com"}, []),
    ],
)
def test_principals(principal, callers):
    made = policy(statement(Principal=principal))
    allowed = [
        caller
        for caller in (ALICE, BOB, ROLE, SNS)
        if evaluate(made, caller=caller, action="sqs:SendMessage", resource=QUEUE) is ALLOW
    ]
    assert allowed == callers


def test_not_principal_is_everybody_else():
    everybody_else = statement(Effect="Deny", NotPrincipal={"AWS": ALICE.arn})
    del everybody_else["Principal"]
    assert decision(everybody_else, caller=ALICE) is NONE
    assert decision(everybody_else, caller=BOB) is DENY


class TestVariables:
    def test_stand_for_what_is_known_of_the_request(self):
        own = statement(Resource="arn:aws:sqs:eu-west-1:123456789012:${aws:username}-*")
        assert decision(own, resource="arn:aws:sqs:eu-west-1:123456789012:alice-jobs") is ALLOW
        assert decision(own, resource="arn:aws:sqs:eu-west-1:123456789012:bob-jobs") is NONE

    def test_are_texts_in_the_older_version(self):
        own = statement(Resource="${aws:username}")
        assert decision(own, resource="${aws:username}", version="2008-10-17") is ALLOW
        assert decision(own, resource="alice", version="2008-10-17") is NONE

    def test_without_a_value_match_nothing(self):
        assert decision(statement(Resource="${aws:username}*"), caller=ROLE, resource="anything") is NONE

    def test_may_have_a_default(self):
        assert decision(statement(Resource="${aws:username, 'nobody'}"), caller=ROLE, resource="nobody") is ALLOW
        assert decision(statement(Resource="${aws:username, 'nobody'}"), resource="alice") is ALLOW

    def test_bring_no_wildcards_with_them(self):
        named = Caller("123456789012", arn="arn:aws:iam::123456789012:user/*")
        assert decision(statement(Resource="${aws:username}"), caller=named, resource="bob") is NONE
        assert decision(statement(Resource="${aws:username}"), caller=named, resource="*") is ALLOW

    def test_can_write_the_signs_that_are_wildcards(self):
        literal = statement(Resource="a${*}b${?}c${$}")
        assert decision(literal, resource="a*b?c$") is ALLOW
        assert decision(literal, resource="aXbXc$") is NONE


class TestDocuments:
    def test_a_single_statement_needs_no_list(self):
        made = parse_policy({"Version": "2012-10-17", "Id": "i", "Statement": statement(Sid="s 1")})
        assert (made.id, [s.sid for s in made.statements]) == ("i", ["s 1"])

    def test_the_older_version_is_the_default(self):
        assert parse_policy({"Statement": [statement()]}).version == "2008-10-17"

    def test_of_some_services_name_no_resource(self):
        without = statement()
        del without["Resource"]
        made = parse_policy({"Statement": without}, resource_required=False)
        assert evaluate(made, caller=ALICE, action="sqs:SendMessage", resource="any") is ALLOW

    @pytest.mark.parametrize(
        "document, reason",
        [
            ("", "json"),
            ("{", "json"),
            ("[" * 100_000, "json"),
            ("[]", "document"),
            ('"text"', "document"),
            ("{}", "statement"),
            ('{"Statement": []}', "statement"),
            ('{"Statement": ["a"]}', "statement"),
            ('{"Version": "2012-10-18", "Statement": []}', "version"),
            ('{"Version": 2012, "Statement": []}', "version"),
            ('{"Version": ["2012-10-17"], "Statement": []}', "version"),
            ('{"Id": 5, "Statement": []}', "id"),
            ('{"Statements": []}', "element"),
        ],
    )
    def test_that_aws_does_not_take(self, document, reason):
        with pytest.raises(PolicyError) as caught:
            parse_policy(document)
        assert (caught.value.reason, caught.value.statement) in {(reason, None), (reason, 0)}

    @pytest.mark.parametrize(
        "elements, reason",
        [
            ({"Sid": 5}, "sid"),
            ({"Effect": "allow"}, "effect"),
            ({"Effect": None}, "effect"),
            ({"Effect": ["Allow"]}, "effect"),
            ({"Principal": "123456789012"}, "principal"),
            ({"Principal": {}}, "principal"),
            ({"Principal": {"AWS": []}}, "principal"),
            ({"Principal": {"AWS": "alice"}}, "principal"),
            ({"Principal": {"AWS": "12345678901"}}, "principal"),
            ({"Principal": {"AWS": "arn:aws:iam::123456789012:user/"}}, "principal"),
            ({"Principal": {"AWS": ""}}, "principal"),
            ({"Principal": {"Group": "staff"}}, "principal"),
            ({"NotPrincipal": "*"}, "principal"),
            ({"Action": "SendMessage"}, "action"),
            ({"Action": "sqs:"}, "action"),
            ({"Action": []}, "action"),
            ({"Action": [5]}, "action"),
            ({"NotAction": "sqs:*"}, "action"),
            ({"Resource": []}, "resource"),
            ({"Resource": {}}, "resource"),
            ({"NotResource": "*"}, "resource"),
            ({"Condition": []}, "condition"),
            ({"Condition": {"StringEquals": {}}}, "condition"),
            ({"Condition": {"StringEquals": "a"}}, "condition"),
            ({"Condition": {"StringEquals": {"a": []}}}, "condition"),
            ({"Condition": {"StringEquals": {"a": {}}}}, "condition"),
            ({"Condition": {"StringEqual": {"a": "b"}}}, "condition operator"),
            ({"Condition": {"IpAddress": {"aws:SourceIp": "10.0.0"}}}, "condition value"),
            ({"Resources": "*"}, "element"),
        ],
    )
    def test_with_a_statement_that_aws_does_not_take(self, elements, reason):
        with pytest.raises(PolicyError) as caught:
            parse_policy({"Statement": [statement(), statement(**elements)]})
        assert (caught.value.reason, caught.value.statement) == (reason, 1)

    @pytest.mark.parametrize("element", ["Effect", "Principal", "Action", "Resource"])
    def test_need_each_of_these_elements(self, element):
        without = statement()
        del without[element]
        with pytest.raises(PolicyError) as caught:
            parse_policy({"Statement": without})
        assert caught.value.reason == element.lower()


def test_callers_and_the_time_are_keys_of_a_request():
    conditions = {
        "StringEquals": {"aws:PrincipalAccount": "123456789012", "aws:username": "alice", "aws:PrincipalType": "User"},
        "ArnEquals": {"aws:PrincipalArn": ALICE.arn},
        "Bool": {"aws:PrincipalIsAWSService": "false"},
    }
    assert decision(statement(Condition=conditions)) is ALLOW
    assert decision(statement(Condition=conditions), caller=BOB) is NONE
    service = {"Bool": {"aws:PrincipalIsAWSService": "true"}, "Null": {"aws:PrincipalArn": "true"}}
    assert decision(statement(Condition=service), caller=SNS) is ALLOW
    role = {"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/worker"}}
    assert decision(statement(Condition=role), caller=ROLE) is ALLOW
    until = statement(Condition={"DateLessThan": {"aws:CurrentTime": "2024-01-01T00:00:00Z"}})
    last = 1_704_067_199_999
    for now, expected in ((last, ALLOW), (last + 1, NONE)):
        assert (
            evaluate(policy(until), caller=BOB, action="sqs:SendMessage", resource=QUEUE, context=time_keys(now))
            is expected
        )


def test_a_topic_may_be_let_into_a_queue():
    source = {"ArnEquals": {"aws:SourceArn": "arn:aws:sns:eu-west-1:123456789012:orders"}}
    allowed = statement(Principal={"Service": "sns.amazonaws.com"}, Condition=source)
    for topic, expected in (("orders", ALLOW), ("orders-2", NONE)):
        arn = f"arn:aws:sns:eu-west-1:123456789012:{topic}"
        assert decision(allowed, caller=SNS, aws__SourceArn=arn) is expected
