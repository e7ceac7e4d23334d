"""What AWS says about parameters that its model forbids."""

from __future__ import annotations

import json

import pytest

from pytest_cloudfakes.model import validation_error
from pytest_cloudfakes.violations import Key, java_order, quoted


@pytest.fixture
def violations(plan):
    """What the model forbids in parameters of an operation."""

    def find(service, operation, **parameters):
        made = plan(service, operation)
        return made.violations(made.normalise(parameters))

    return find


@pytest.fixture
def sentences(violations):
    """The sentences that AWS joins, without their common parts."""

    def find(service, operation, **parameters):
        texts = [v.text for v in violations(service, operation, **parameters)]
        return [text.replace("failed to satisfy constraint: Member must ", "| ") for text in texts]

    return find


def test_a_missing_member_is_null(sentences):
    assert sentences("swf", "RegisterDomain", name="d") == [
        "Value null at 'workflowExecutionRetentionPeriodInDays' | not be null"
    ]


def test_a_null_is_a_missing_member(sentences):
    assert sentences("sqs", "DeleteQueue", QueueUrl=None) == ["Value null at 'queueUrl' | not be null"]


def test_members_of_lists_are_counted_from_one(sentences):
    records = [{"Data": b"", "PartitionKey": "a"}, {"PartitionKey": "b"}]
    assert sentences("kinesis", "PutRecords", StreamName="s", Records=records) == [
        "Value null at 'records.2.member.data' | not be null"
    ]


def test_members_of_maps_are_named_by_their_key(sentences):
    # As recorded from AWS.
    given = {"TopicArn": "t", "Message": "m", "MessageAttributes": {"attr1": {"StringValue": "x"}}}
    assert sentences("sns", "Publish", **given) == [
        "Value null at 'messageAttributes.attr1.member.dataType' | not be null"
    ]


def test_an_empty_map_that_forms_cannot_carry_is_null(sentences):
    # As recorded from AWS.
    given = {"Name": "a", "Platform": "GCM", "Attributes": {}}
    assert sentences("sns", "CreatePlatformApplication", **given) == ["Value null at 'attributes' | not be null"]


@pytest.mark.parametrize(
    "count, expected",
    [(1, []), (0, ["Value '0' at 'shardCount' | have value greater than or equal to 1"])],
)
def test_numbers_have_a_least_value(sentences, count, expected):
    assert sentences("kinesis", "CreateStream", StreamName="s", ShardCount=count) == expected


@pytest.mark.parametrize(
    "size, expected",
    [(1000, []), (1001, ["Value '1001' at 'maximumPageSize' | have value less than or equal to 1000"])],
)
def test_numbers_have_a_greatest_value(sentences, size, expected):
    assert sentences("swf", "ListDomains", registrationStatus="REGISTERED", maximumPageSize=size) == expected


@pytest.mark.parametrize("length, fits", [(0, False), (1, True), (128, True), (129, False)])
def test_texts_have_a_length(violations, length, fits):
    found = violations("kinesis", "DeleteStream", StreamName="s" * length)
    assert [v.constraint for v in found if v.kind == "length"] == (
        []
        if fits
        else [
            "Member must have length greater than or equal to 1"
            if not length
            else "Member must have length less than or equal to 128"
        ]
    )


def test_the_length_of_a_text_is_counted_in_characters(violations):
    assert not violations("kinesis", "PutRecord", StreamName="s", Data=b"", PartitionKey="\U0001f600" * 256)


def test_blobs_are_shown_as_java_shows_them(sentences):
    size = 10 * 1024 * 1024 + 1
    (text,) = sentences("kinesis", "PutRecord", StreamName="s", PartitionKey="k", Data=bytes(size))
    assert text.startswith(
        f"Value 'java.nio.HeapByteBuffer[pos=0 lim={size} cap={size}]' at 'data' | have length less "
    )


def test_lists_have_a_length(sentences):
    assert sentences("kinesis", "PutRecords", StreamName="s", Records=[]) == [
        "Value '[]' at 'records' | have length greater than or equal to 1"
    ]


@pytest.mark.parametrize("name", ["orders/1", "orders\n", "örders"])
def test_the_whole_text_satisfies_the_pattern(sentences, name):
    assert sentences("kinesis", "DeleteStream", StreamName=name) == [
        f"Value '{name}' at 'streamName' | satisfy regular expression pattern: [a-zA-Z0-9_.-]+"
    ]


def test_one_value_can_fail_twice(sentences):
    assert len(sentences("kinesis", "DeleteStream", StreamName="/" * 129)) == 2


@pytest.mark.parametrize("turned", [False, True])
def test_members_are_told_in_the_models_order_whatever_the_callers(sentences, turned):
    record = {"Data": b"", "PartitionKey": "", "ExplicitHashKey": "x"}
    given = {"StreamName": "", "Records": [record]}
    if turned:
        record = dict(reversed(record.items()))
        given = {"Records": [record], "StreamName": ""}
    assert [each.split("'")[3] for each in sentences("kinesis", "PutRecords", **given)] == [
        "records.1.member.explicitHashKey",
        "records.1.member.partitionKey",
        "streamName",
        "streamName",
    ]


def test_values_of_an_enumeration_come_in_the_order_of_a_java_hash_table(sentences):
    # As recorded from AWS.
    decisions = [{"decisionType": "X"}]
    (text,) = sentences("swf", "RespondDecisionTaskCompleted", taskToken="t", decisions=decisions)
    assert text == (
        "Value 'X' at 'decisions.1.member.decisionType' | satisfy enum value set: [CompleteWorkflowExecution, "
        "StartTimer, RequestCancelExternalWorkflowExecution, SignalExternalWorkflowExecution, CancelTimer, "
        "RecordMarker, ScheduleActivityTask, ContinueAsNewWorkflowExecution, ScheduleLambdaFunction, "
        "FailWorkflowExecution, RequestCancelActivityTask, StartChildWorkflowExecution, CancelWorkflowExecution]"
    )


GATEWAY_RESPONSES = """
    DEFAULT_4XX DEFAULT_5XX RESOURCE_NOT_FOUND UNAUTHORIZED INVALID_API_KEY ACCESS_DENIED AUTHORIZER_FAILURE
    AUTHORIZER_CONFIGURATION_ERROR INVALID_SIGNATURE EXPIRED_TOKEN MISSING_AUTHENTICATION_TOKEN INTEGRATION_FAILURE
    INTEGRATION_TIMEOUT API_CONFIGURATION_ERROR UNSUPPORTED_MEDIA_TYPE BAD_REQUEST_PARAMETERS BAD_REQUEST_BODY
    REQUEST_TOO_LARGE THROTTLED QUOTA_EXCEEDED WAF_FILTERED
"""
AS_AWS_LISTS_THEM = """
    REQUEST_TOO_LARGE RESOURCE_NOT_FOUND AUTHORIZER_CONFIGURATION_ERROR MISSING_AUTHENTICATION_TOKEN BAD_REQUEST_BODY
    INVALID_SIGNATURE INVALID_API_KEY BAD_REQUEST_PARAMETERS AUTHORIZER_FAILURE UNAUTHORIZED INTEGRATION_TIMEOUT
    ACCESS_DENIED DEFAULT_4XX DEFAULT_5XX WAF_FILTERED QUOTA_EXCEEDED THROTTLED API_CONFIGURATION_ERROR
    UNSUPPORTED_MEDIA_TYPE INTEGRATION_FAILURE EXPIRED_TOKEN
"""


@pytest.mark.parametrize(
    "modelled, listed",
    [
        ("add remove replace move copy test", "add remove move test replace copy"),
        ("ipv4 dualstack", "ipv4 dualstack"),
        ("S N B", "B N S"),
        (
            "AT_SEQUENCE_NUMBER AFTER_SEQUENCE_NUMBER TRIM_HORIZON LATEST AT_TIMESTAMP",
            "AFTER_SEQUENCE_NUMBER LATEST AT_TIMESTAMP AT_SEQUENCE_NUMBER TRIM_HORIZON",
        ),
        (GATEWAY_RESPONSES, AS_AWS_LISTS_THEM),
    ],
)
def test_recorded_orders_of_enumerations(modelled, listed):
    assert java_order(modelled.split()) == listed.split()


def test_elements_of_a_list_fail_together(sentences):
    # As users report it of AWS.
    cors = {"AllowMethods": ["GET", "OPTIONS", "PROPFIND"]}
    (text,) = sentences("lambda", "CreateFunctionUrlConfig", FunctionName="f", AuthType="NONE", Cors=cors)
    assert text.startswith(
        "Value '[GET, OPTIONS, PROPFIND]' at 'cors.allowMethods' | satisfy constraint: [Member must "
    )
    assert text.endswith("Member must satisfy regular expression pattern: .*]")


def test_keys_of_a_map_fail_together(violations):
    (found,) = violations("kinesis", "AddTagsToStream", StreamName="s", Tags={"k" * 129: "v", "": "w"})
    assert found.kind == "key"
    assert found.path == "tags"
    assert found.constraint == (
        "Map keys must satisfy constraint: [Member must have length less than or equal to 128, "
        "Member must have length greater than or equal to 1]"
    )


def test_values_of_a_map_fail_together(violations):
    (found,) = violations("kinesis", "AddTagsToStream", StreamName="s", Tags={"a": "b", "k": "v" * 257})
    long = "v" * 257
    assert found.text == (
        f"Value '{{a=b, k={long}}}' at 'tags' failed to satisfy constraint: Map value must satisfy constraint: "
        "[Member must have length less than or equal to 256, Member must have length greater than or equal to 0]"
    )


def test_sensitive_values_are_not_shown(violations):
    (found,) = violations(
        "lambda",
        "CreateFunction",
        FunctionName="f",
        Role="arn:aws:iam::123456789012:role/r",
        Code={},
        KMSKeyArn="",
        Environment={"Variables": {"1": "x"}},
    )
    assert found.text.startswith("Value at 'environment.variables' failed to satisfy constraint: Map keys must ")


def test_only_the_first_letter_of_a_member_becomes_small(violations):
    (found,) = violations("kinesis", "DeleteStream", StreamARN="x")
    assert found.path == "streamARN"


def test_the_steps_to_a_value_keep_the_spelling_of_the_api(violations):
    attributes = {
        "TopicArn": "t",
        "PublishBatchRequestEntries": [{"Id": "1", "Message": "m", "MessageAttributes": {"a": {"StringValue": "s"}}}],
    }
    (found,) = violations("sns", "PublishBatch", **attributes)
    assert found.steps == ("PublishBatchRequestEntries", 0, "MessageAttributes", "a", "DataType")
    assert [type(step) for step in found.steps] == [str, int, str, Key, str]
    assert found.path == "publishBatchRequestEntries.1.member.messageAttributes.a.member.dataType"


def test_it_is_known_which_members_travel_outside_of_the_body(violations):
    gateway_response, rest_api = (
        violations("apigateway", "PutGatewayResponse", restApiId="a", responseType="X"),
        violations("apigateway", "CreateRestApi", name="a", endpointConfiguration={"types": ["X"]}),
    )
    assert [v.in_body for v in (*gateway_response, *rest_api)] == [False, True]


class TestTheError:
    def test_counts_one_failure_in_the_singular(self, violations):
        error = validation_error(violations("swf", "RegisterDomain", name="d"))
        assert (error.code, error.status) == ("ValidationException", 400)
        assert error.text == (
            "1 validation error detected: Value null at 'workflowExecutionRetentionPeriodInDays' failed to satisfy "
            "constraint: Member must not be null"
        )

    def test_joins_several(self, violations):
        error = validation_error(violations("swf", "RegisterDomain"))
        assert error.text == (
            "2 validation errors detected: "
            "Value null at 'name' failed to satisfy constraint: Member must not be null; "
            "Value null at 'workflowExecutionRetentionPeriodInDays' failed to satisfy constraint: "
            "Member must not be null"
        )

    @pytest.mark.parametrize("bad, told", [(10, 10), (11, 10)])
    def test_tells_of_ten_at_most(self, violations, bad, told):
        records = [{"Data": b"", "PartitionKey": ""}] * bad
        error = validation_error(violations("kinesis", "PutRecords", StreamName="s", Records=records))
        assert error.text.startswith(f"{told} validation errors detected: ")
        assert error.text.count("failed to satisfy") == told

    def test_keeps_braces_of_values_as_they_are(self, violations):
        error = validation_error(violations("kinesis", "DeleteStream", StreamName="{a}"))
        assert "Value '{a}' at 'streamName'" in error.text

    def test_of_a_wrong_type_is_another_one(self, violations):
        error = validation_error(violations("kinesis", "CreateStream", StreamName=5))
        assert (error.code, error.text) == ("SerializationException", "NUMBER_VALUE can not be converted to a String")


@pytest.mark.parametrize(
    "parameters, text",
    [
        ({"QueueUrl": True}, "TRUE_VALUE can not be converted to a String"),
        ({"QueueUrl": []}, "Start of list found where not expected"),
        ({"QueueUrl": {}}, "Start of structure or map found where not expected."),
        ({"VisibilityTimeout": "5"}, "STRING_VALUE can not be converted to an Integer"),
        ({"VisibilityTimeout": True}, "TRUE_VALUE can not be converted to an Integer"),
        ({"AttributeNames": "All"}, "Unexpected value type in payload"),
        ({"AttributeNames": [None]}, "NULL_VALUE can not be converted to a String"),
    ],
)
def test_wrong_types(violations, parameters, text):
    found = violations("sqs", "ReceiveMessage", **{"QueueUrl": "u", **parameters})
    assert [(v.kind, v.constraint) for v in found] == [("type", text)]


@pytest.mark.parametrize(
    "value, text",
    [
        (None, "null"),
        (5, "'5'"),
        (False, "'false'"),
        ("", "''"),
        (["a", 1], "'[a, 1]'"),
        ({"a": None, "b": [True]}, "'{a=null, b=[true]}'"),
        (b"abc", "'java.nio.HeapByteBuffer[pos=0 lim=3 cap=3]'"),
    ],
)
def test_values_are_shown_as_java_shows_them(value, text):
    assert quoted(value) == text


def test_a_json_request_is_checked_like_a_call_of_botocore(plan):
    made = plan("swf", "ListDomains")
    request = json.loads('{"registrationStatus": "X", "maximumPageSize": 5.0, "unknown": {}, "nextPageToken": null}')
    normal = made.normalise(request)
    assert normal == {"registrationStatus": "X", "maximumPageSize": 5}
    assert [v.kind for v in made.violations(normal)] == ["enum"]
