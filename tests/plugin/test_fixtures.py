"""Fixtures: what they give, that they share one cloud, and that it is new for each test."""

from __future__ import annotations

import pytest

from pytest_cloudfakes import Clock, FakeCloud, current_cloud


def test_all_fixtures_of_a_test_belong_to_one_cloud(fake_sqs, fake_clock, fake_cloud):
    assert isinstance(fake_cloud, FakeCloud)
    assert isinstance(fake_clock, Clock)
    assert fake_cloud.clock is fake_clock
    assert fake_cloud.sqs is fake_sqs
    assert current_cloud() is fake_cloud


def test_fake_clock_holds_the_time(fake_clock):
    assert fake_clock.held


def test_without_fake_clock_time_flows(fake_cloud):
    assert not fake_cloud.clock.held


def test_without_a_fixture_there_is_no_cloud():
    assert current_cloud() is None


def test_each_test_has_a_new_cloud(suite):
    result = suite(
        """
        @pytest.mark.parametrize("number", [1, 2, 3])
        def test_queue(fake_sqs, number):
            sqs = boto3.client("sqs")
            assert "QueueUrls" not in sqs.list_queues()
            sqs.create_queue(QueueName="jobs")
        """
    )
    result.assert_outcomes(passed=3)


def test_an_autouse_fixture_gives_a_whole_suite_a_cloud(pytester, suite):
    pytester.makeconftest(
        """
        import pytest

        @pytest.fixture(autouse=True)
        def aws(fake_sqs):
            fake_sqs.client.create_queue(QueueName="jobs")
        """
    )
    suite(
        """
        def test_queue():
            assert len(boto3.client("sqs").list_queues()["QueueUrls"]) == 1
        """
    ).assert_outcomes(passed=1)


def test_the_cloud_is_there_in_other_fixtures_tear_down(suite):
    suite(
        """
        @pytest.fixture
        def url(fake_cloud):
            sqs = boto3.client("sqs")
            url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
            yield url
            sqs.delete_queue(QueueUrl=url)
            assert [call.operation for call in fake_cloud.calls] == ["CreateQueue", "DeleteQueue"]

        def test_url(url):
            pass
        """
    ).assert_outcomes(passed=1)


def test_fixtures_describe_themselves(run_inside):
    result = run_inside("--fixtures")
    for name, text in {
        "fake_cloud": "AWS in this process, for this test: every botocore client talks to it.",
        "fake_clock": "The fake cloud's clock, held: time stands until the test moves it.",
        "fake_sqs": "Amazon SQS in this test's fake cloud: arrange queues and look into them.",
    }.items():
        result.stdout.fnmatch_lines([f"{name} -- *plugin.py:*", f"    {text}"])


@pytest.mark.parametrize("fixture", ["fake_cloud", "fake_clock", "fake_sqs"])
def test_a_unittest_test_case_uses_the_fixtures(suite, fixture):
    suite(
        f"""
        import unittest
        from pytest_cloudfakes import current_cloud

        @pytest.mark.usefixtures("{fixture}")
        class TestQueues(unittest.TestCase):
            def test_create(self):
                boto3.client("sqs").create_queue(QueueName="jobs")
                self.assertEqual(len(current_cloud().calls), 1)

            def test_empty(self):
                self.assertNotIn("QueueUrls", boto3.client("sqs").list_queues())
        """
    ).assert_outcomes(passed=2)


def test_a_fixture_of_a_wider_scope_can_not_have_them(suite):
    result = suite(
        """
        @pytest.fixture(scope="session")
        def aws(fake_cloud):
            pass

        def test_it(aws):
            pass
        """
    )
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*ScopeMismatch*"])
