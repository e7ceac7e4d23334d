"""Every operation there and back with botocore as the peer."""

from __future__ import annotations

import pytest

SERVICES = [
    "sqs",
    "kinesis",
    "swf",
    "firehose",
    "cognito-identity",
    "sns",
    "sts",
    "apigateway",
    "apigatewayv2",
    "apigatewaymanagementapi",
    "lambda",
    "s3",
    "cloudwatch",
    "cloudwatch smithy-rpc-v2-cbor",
    "sqs query",
]
ROUNDS = 5


@pytest.mark.parametrize("service", SERVICES)
def test_parameters_arrive_as_botocore_sent_them(service, peer, values):
    client = peer(service)
    for operation in client.operations():
        for round_ in range(ROUNDS):
            seed = f"{operation.name} {round_}"
            sent = values(seed, sends=True, empties=client.empties).structure(operation.input_shape)
            request = client.request(operation, sent)
            assert client.protocol.find_operation(client.service_model, request) == operation.name
            assert client.protocol.decode(operation, request) == sent, operation.name


@pytest.mark.parametrize("service", SERVICES)
def test_answers_arrive_as_the_service_gave_them(service, peer, values):
    client = peer(service)
    for operation in client.operations():
        for round_ in range(ROUNDS):
            seed = f"{operation.name} {round_}"
            given = values(seed, sends=False, empties=client.empties).structure(operation.output_shape)
            if operation.name == "GetBucketLocation":
                continue  # botocore reads it with a handler of its own
            answer = client.protocol.encode(operation, given, "request-1")
            assert 200 <= answer.status < 300
            assert client.answer(operation, answer) == given, operation.name


@pytest.mark.parametrize("service", SERVICES)
def test_modelled_errors_arrive_with_their_code_text_and_members(service, peer, modelled_error):
    client = peer(service)
    operation = client.operations()[0]
    for shape in client.service_model.error_shapes:
        error, members = modelled_error(shape, shape.name)
        answer = client.protocol.encode_error(operation, client.service_model, error, "request-1")
        parsed = client.error(operation, answer)
        assert parsed["Error"]["Code"] == shape.error_code
        assert parsed["Error"]["Message"] == "It went wrong: <a> & 'b'."
        assert parsed["ResponseMetadata"]["RequestId"] == "request-1"
        assert {name: parsed[name] for name in members} == members
