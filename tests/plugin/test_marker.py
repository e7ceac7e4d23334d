"""The marker cloudfakes: options of a test's cloud."""

from __future__ import annotations

import datetime

import pytest

pytestmark = pytest.mark.cloudfakes(region="eu-west-3", account="111111111111")


@pytest.mark.cloudfakes(start=datetime.datetime(2030, 1, 31, 12, tzinfo=datetime.timezone.utc), seed=5)
def test_options_come_from_the_marker_and_from_those_further_out(fake_clock, fake_cloud):
    assert fake_clock.datetime() == datetime.datetime(2030, 1, 31, 12, tzinfo=datetime.timezone.utc)
    assert (fake_cloud.options.region, fake_cloud.options.account, fake_cloud.options.seed) == (
        "eu-west-3",
        "111111111111",
        5,
    )


@pytest.mark.cloudfakes(region="us-west-2")
class TestTheNearestMarkerWins:
    def test_of_the_class(self, fake_cloud):
        assert fake_cloud.options.region == "us-west-2"

    @pytest.mark.cloudfakes(region="us-west-1")
    def test_of_the_test(self, fake_cloud):
        assert (fake_cloud.options.region, fake_cloud.options.account) == ("us-west-1", "111111111111")


@pytest.mark.parametrize(
    "limits",
    [
        pytest.param("off", marks=pytest.mark.cloudfakes(limits="off")),
        pytest.param("documented", marks=pytest.mark.cloudfakes(limits="documented")),
    ],
)
def test_a_parameter_may_carry_it(fake_cloud, limits):
    assert fake_cloud.options.limits == limits


def test_an_unknown_option_is_a_type_error_that_names_it_and_those_that_exist(suite):
    result = suite(
        """
        @pytest.mark.cloudfakes(regoin="eu-west-1")
        def test_it(fake_cloud):
            pass
        """
    )
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["E *TypeError: 'regoin' is no option of a fake cloud; there are: account, region, start, *"]
    )


def test_options_are_given_by_name(suite):
    result = suite(
        """
        @pytest.mark.cloudfakes("eu-west-1")
        def test_it(fake_cloud):
            pass
        """
    )
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["E *TypeError: The marker cloudfakes takes its options by name, not 'eu-west-1'."])


@pytest.mark.parametrize(
    "option, told",
    [
        ("limits='some'", "limits is 'off' or 'documented', not 'some'."),
        ("account='1'", "account is a text of twelve digits, not '1'."),
        ("start='2030'", "start is a datetime, not '2030'."),
        ("passthrough='s3'", "passthrough is a collection of service names, such as {'s3', 'dynamodb'}."),
    ],
)
def test_a_value_that_can_not_be_says_so(suite, option, told):
    result = suite(
        f"""
        @pytest.mark.cloudfakes({option})
        def test_it(fake_cloud):
            pass
        """
    )
    result.stdout.fnmatch_lines([f"E *CloudFakesError: {told}"])


def test_it_is_known_to_strict_markers_and_described(suite, run_inside):
    suite(
        """
        @pytest.mark.cloudfakes(seed=1)
        def test_it(fake_cloud):
            pass
        """,
        "--strict-markers",
    ).assert_outcomes(passed=1)
    run_inside("--markers").stdout.fnmatch_lines(
        ["@pytest.mark.cloudfakes(*account, region, start, freeze*options of this test's fake cloud"]
    )
