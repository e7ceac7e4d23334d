"""Ini options: for a whole suite, and the guard of the network."""

from __future__ import annotations

import pytest


def test_every_option_may_be_given_to_a_whole_suite(suite):
    result = suite(
        """
        import datetime
        from pytest_cloudfakes import Options

        def test_it(fake_cloud):
            assert fake_cloud.options == Options(
                account="111111111111",
                region="eu-west-3",
                start=datetime.datetime(2030, 1, 31, 12),
                freeze=True,
                seed=5,
                limits="documented",
                policies="enforced",
                transitions="documented",
                passthrough={"s3", "dynamodb"},
                journal_limit=100,
            )

        @pytest.mark.cloudfakes(region="us-west-1", freeze=False)
        def test_the_marker_wins(fake_cloud):
            assert fake_cloud.options.region == "us-west-1"
            assert not fake_cloud.options.freeze
            assert fake_cloud.options.account == "111111111111"
        """,
        ini="""
cloudfakes_account = 111111111111
cloudfakes_region = eu-west-3
cloudfakes_start = 2030-01-31T12:00:00
cloudfakes_freeze = true
cloudfakes_seed = 5
cloudfakes_limits = documented
cloudfakes_policies = enforced
cloudfakes_transitions = documented
cloudfakes_passthrough = s3 dynamodb
cloudfakes_journal_limit = 100
""",
    )
    result.assert_outcomes(passed=2)


def test_they_may_stand_in_pyproject_toml_with_its_types(pytester, suite):
    pytester.makepyprojecttoml(
        """
        [tool.pytest.ini_options]
        cloudfakes_region = "eu-west-3"
        cloudfakes_account = "111111111111"
        cloudfakes_start = "2030-01-31T12:00:00Z"
        cloudfakes_freeze = "false"
        """
    )
    suite(
        """
        def test_it(fake_clock, fake_cloud):
            assert fake_cloud.options.region == "eu-west-3"
            assert str(fake_clock.datetime()) == "2030-01-31 12:00:00+00:00"
        """
    ).assert_outcomes(passed=1)


@pytest.mark.parametrize(
    "ini, told",
    [
        ("cloudfakes_freeze = perhaps", "cloudfakes_freeze is true or false, not 'perhaps'."),
        ("cloudfakes_seed = x", "cloudfakes_seed is a whole number, not 'x'."),
        (
            "cloudfakes_start = tomorrow",
            "cloudfakes_start is a date and time such as 2026-01-31T12:00:00, not 'tomorrow'.",
        ),
        ("cloudfakes_policies = maybe", "policies is 'stored' or 'enforced', not 'maybe'."),
    ],
)
def test_a_value_that_can_not_be_says_so(suite, ini, told):
    result = suite("def test_it(fake_cloud): pass", ini=ini)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"E *CloudFakesError: {told}"])


def test_with_block_network_a_test_without_fixture_reaches_nothing(suite):
    result = suite(
        """
        from pytest_cloudfakes import NetworkBlocked

        SQS = boto3.client("sqs", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")

        def test_without_a_fixture():
            with pytest.raises(NetworkBlocked, match="cloudfakes_block_network forbids: ask for a fixture"):
                SQS.list_queues()

        def test_with_a_fixture(fake_cloud):
            SQS.list_queues()

        def test_without_one_again():
            with pytest.raises(NetworkBlocked):
                SQS.list_queues()
        """,
        ini="cloudfakes_block_network = true",
    )
    result.assert_outcomes(passed=3)


def test_it_is_on_already_while_tests_are_collected(suite):
    result = suite(
        """
        from pytest_cloudfakes import NetworkBlocked

        with pytest.raises(NetworkBlocked):
            boto3.client("sqs", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x").list_queues()

        def test_it():
            pass
        """,
        ini="cloudfakes_block_network = true",
    )
    result.assert_outcomes(passed=1)


def test_without_it_nothing_is_patched(suite):
    suite(
        """
        import botocore.client

        def test_it():
            assert type(vars(botocore.client.BaseClient)["_make_api_call"]).__name__ == "function"
        """
    ).assert_outcomes(passed=1)
