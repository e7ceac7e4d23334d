"""Callables behind Lambda functions: names and ARNs, the context, errors and retries."""

from __future__ import annotations

import pytest

from pytest_cloudfakes import CloudFakesError

ARN = "arn:aws:lambda:us-east-1:123456789012:function:f"


@pytest.fixture
def invoke(fake_cloud):
    """Invoke a function and give the outcome; it is None if there is no such function."""

    def run(arn, event=None):
        outcomes = []
        with fake_cloud.lock:
            if fake_cloud.lambdas.invoke(arn, event, outcomes.append) is None:
                return None
            fake_cloud.outside.run()
        return outcomes[0]

    return run


@pytest.fixture
def invoke_later(fake_cloud):
    def run(arn, event=None):
        with fake_cloud.lock:
            request_id = fake_cloud.lambdas.invoke_asynchronously(arn, event)
            fake_cloud.outside.run()
        return request_id

    return run


@pytest.mark.parametrize("arn", [ARN, f"{ARN}:$LATEST", f"{ARN}:live", ARN.replace("us-east-1", "eu-west-1")])
def test_a_name_is_found_in_every_region_whatever_version_is_asked_for(fake_cloud, invoke, arn):
    fake_cloud.lambdas.register("f", lambda event, context: context.invoked_function_arn)
    assert invoke(arn).result == arn


@pytest.mark.parametrize("arn", [ARN + "2", ARN.replace("123456789012", "111111111111"), "f"])
def test_other_functions_are_not_there(fake_cloud, invoke, arn):
    fake_cloud.lambdas.register("f", lambda event, context: None)
    assert invoke(arn) is None


def test_an_arn_is_one_function(fake_cloud, invoke):
    theirs = ARN.replace("123456789012", "111111111111")
    fake_cloud.lambdas.register(theirs, lambda event, context: "theirs")
    assert invoke(theirs).result == "theirs"
    assert invoke(ARN) is None


def test_a_function_can_be_taken_away(fake_cloud, invoke):
    fake_cloud.lambdas.register("f", lambda event, context: None)
    fake_cloud.lambdas.unregister("f")
    assert invoke(ARN) is None


def test_the_context_is_that_of_lambda(fake_cloud, fake_clock, invoke):
    seen = []

    def handler(event, context):
        seen.append(context)
        before = context.get_remaining_time_in_millis()
        fake_clock.advance(1)
        return before, context.get_remaining_time_in_millis()

    fake_cloud.lambdas.register("f", handler, timeout=30, memory=512)
    assert invoke(ARN).result == [30_000, 29_000]
    (context,) = seen
    assert (context.function_name, context.function_version, context.memory_limit_in_mb) == ("f", "$LATEST", "512")
    assert context.log_group_name == "/aws/lambda/f"
    assert len(context.aws_request_id) == 36


def test_an_event_is_a_copy_of_its_own(fake_cloud, invoke):
    def handler(event, context):
        event["changed"] = True

    function = fake_cloud.lambdas.register("f", handler)
    event = {"key": [1, 2]}
    assert invoke(ARN, event).event == event == {"key": [1, 2]}
    assert function.events == [event]


def test_a_result_that_is_no_json_is_an_error_of_the_function(fake_cloud, invoke):
    fake_cloud.lambdas.register("f", lambda event, context: object())
    assert isinstance(invoke(ARN).error, TypeError)


def test_what_a_test_itself_raises_is_no_error_of_the_function(fake_cloud, invoke):
    fake_cloud.lambdas.register("f", lambda event, context: pytest.fail("seen"))
    with pytest.raises(pytest.fail.Exception, match="seen"):
        invoke(ARN)


def test_an_asynchronous_invocation_is_repeated_twice_after_errors(fake_cloud, fake_clock, invoke_later):
    start = fake_clock.now()

    def handler(event, context):
        raise ValueError(event)

    function = fake_cloud.lambdas.register("f", handler)
    request_id = invoke_later(ARN, "e")
    fake_clock.run_until_idle()
    assert [(each.at - start) / 1000 for each in function.invocations] == [0, 60, 180]
    assert [each.attempt for each in function.invocations] == [1, 2, 3]
    assert {each.request_id for each in function.invocations} == {request_id}
    assert len(function.discarded) == 1
    assert any("discarded after 3 attempts" in event.what for event in fake_cloud.events)


def test_an_asynchronous_invocation_that_succeeds_is_not_repeated(fake_cloud, fake_clock, invoke_later):
    errors = [ValueError("once")]

    def handler(event, context):
        if errors:
            raise errors.pop()

    function = fake_cloud.lambdas.register("f", handler)
    invoke_later(ARN)
    fake_clock.run_until_idle()
    assert [each.ok for each in function.invocations] == [False, True]
    assert function.discarded == []


def test_functions_are_looked_at_by_name(fake_cloud):
    function = fake_cloud.lambdas.register("f", lambda event, context: None)
    assert fake_cloud.lambdas.get("f") is fake_cloud.lambdas.get(ARN) is function
    with pytest.raises(CloudFakesError, match=r"There is no function 'g'\. Functions: f"):
        fake_cloud.lambdas.get("g")


def test_a_handler_can_be_called(fake_cloud):
    with pytest.raises(CloudFakesError, match="can't be"):
        fake_cloud.lambdas.register("f", "module.handler")


def test_a_reset_cloud_has_no_functions(fake_cloud, invoke):
    fake_cloud.lambdas.register("f", lambda event, context: None)
    fake_cloud.reset()
    assert fake_cloud.lambdas.find(ARN) is None
