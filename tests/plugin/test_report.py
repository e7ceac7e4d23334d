"""The section "AWS calls" of a failing test."""

from __future__ import annotations

import pytest

FAILING = """
        import datetime
        from botocore.exceptions import ClientError

        pytestmark = pytest.mark.cloudfakes(start=datetime.datetime(2030, 1, 31, 12))

        def test_it(fake_sqs, fake_clock):
            sqs = boto3.client("sqs")
            url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
            sqs.send_message(QueueUrl=url, MessageBody="cat.png")
            sqs.receive_message(QueueUrl=url)
            fake_clock.advance(86_400)
            with pytest.raises(ClientError):
                sqs.get_queue_url(QueueName="missing")
            assert False
"""


def test_calls_and_what_happened_by_itself_are_shown_with_the_clouds_time(suite):
    result = suite(FAILING)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*- AWS calls -*",
            "2030-01-31",
            "  12:00:00.000   sqs.CreateQueue(QueueName='jobs') -> *",
            "  12:00:00.000   sqs.SendMessage(*MessageBody='cat.png') -> *",
            "  12:00:00.000   sqs.ReceiveMessage(*",
            "  12:00:30.000 · sqs jobs: *visible*",
            "2030-02-01",
            "  12:00:00.000   sqs.GetQueueUrl(QueueName='missing') -> AWS.SimpleQueueService.NonExistentQueue: *",
            "next due: 2030-02-04 12:00:00.000 sqs jobs: *expire*",
        ]
    )


def test_a_test_that_passes_shows_nothing(suite):
    result = suite("def test_it(fake_cloud): boto3.client('sqs').list_queues()", "-rA")
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*AWS calls*")


def test_a_failing_test_without_a_cloud_shows_nothing(suite):
    result = suite("def test_it(): assert False")
    result.stdout.no_fnmatch_line("*AWS calls*")


def test_a_test_that_made_no_calls_says_so(suite):
    result = suite("def test_it(fake_cloud): assert False")
    result.stdout.fnmatch_lines(["*- AWS calls -*", "no calls"])


@pytest.mark.parametrize("where", ["setup", "teardown"])
def test_an_error_in_set_up_or_tear_down_shows_them_too(suite, where):
    result = suite(
        f"""
        @pytest.fixture
        def broken(fake_cloud):
            boto3.client("sqs").list_queues()
            assert "{where}" != "setup"
            yield
            assert "{where}" != "teardown"

        def test_it(broken):
            pass
        """
    )
    result.stdout.fnmatch_lines(["*- AWS calls -*", "*sqs.ListQueues() -> done"])


def test_a_long_history_is_cut_to_its_newest_part(suite):
    result = suite(
        """
        def test_it(fake_cloud):
            sqs = boto3.client("sqs")
            for number in range(100):
                sqs.list_queues(QueueNamePrefix=str(number))
            assert False
        """
    )
    result.stdout.fnmatch_lines(["… 40 earlier entries", "*QueueNamePrefix='40'*", "*QueueNamePrefix='99'*"])
    result.stdout.no_fnmatch_line("*QueueNamePrefix='39'*")


def test_long_values_are_shortened(suite):
    result = suite(
        """
        def test_it(fake_sqs):
            sqs = fake_sqs.client
            url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
            sqs.send_message(QueueUrl=url, MessageBody="x" * 5000)
            assert False
        """
    )
    assert max(len(line) for line in result.outlines if "SendMessage(" in line) < 400


def test_a_call_that_is_still_waiting_says_so(suite):
    result = suite(
        """
        import threading

        def test_it(request, fake_clock, fake_cloud):
            sqs = boto3.client("sqs")
            url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
            thread = threading.Thread(target=lambda: sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1), daemon=True)
            thread.start()
            request.addfinalizer(thread.join)
            while len(fake_cloud.calls) < 2:
                pass
            assert False
        """
    )
    result.stdout.fnmatch_lines(["*sqs.ReceiveMessage(*WaitTimeSeconds=1) -> waiting"])


def test_a_cloud_that_the_test_made_itself_is_shown_too(suite):
    result = suite(
        """
        from pytest_cloudfakes import FakeCloud

        def test_it():
            with FakeCloud():
                boto3.client("sqs").create_queue(QueueName="jobs")
                assert False
        """
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*- AWS calls -*", "*sqs.CreateQueue(QueueName='jobs') -> *"])


def test_of_nested_clouds_the_innermost_one_is_shown(suite):
    result = suite(
        """
        from pytest_cloudfakes import FakeCloud

        def test_it():
            with FakeCloud():
                with FakeCloud():
                    boto3.client("sqs").create_queue(QueueName="inner")
                    assert False
        """
    )
    result.stdout.fnmatch_lines(["*- AWS calls -*", "*sqs.CreateQueue(QueueName='inner') -> *"])


def test_a_freeze_that_has_ended_by_then_does_not_break_the_report(suite):
    result = suite(
        """
        import datetime, freezegun
        from pytest_cloudfakes import FakeCloud

        def test_it():
            with freezegun.freeze_time(datetime.datetime(2040, 1, 31, 12)), FakeCloud():
                boto3.client("sqs").create_queue(QueueName="jobs")
                assert False
        """,
        "-W",
        "error",
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*- AWS calls -*", "2040-01-31", "  12:00:0*sqs.CreateQueue(*"])
