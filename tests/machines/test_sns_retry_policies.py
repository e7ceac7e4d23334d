"""Retry policies alone: when each attempt is made."""

from __future__ import annotations

import json

import pytest

from pytest_cloudfakes.services.sns.retry_policies import (
    AWS_SERVICES,
    CUSTOMERS,
    DEFAULT_HEALTHY,
    DeliveryPolicyError,
    HttpPolicy,
    RetryPolicy,
    backoff_delay,
    effective_subscription_policy,
    effective_topic_policy,
    subscription_policy,
    topic_policy,
)


def attempts(policy, count):
    return [policy.offset(n) / 1000 for n in range(count)]


def test_services_of_aws_are_tried_for_23_days():
    assert attempts(AWS_SERVICES, 6) == [0, 0, 0, 0, 1, 2]
    assert [AWS_SERVICES.delay(n) for n in range(5, 15)] == [
        1000, 1037, 1112, 1260, 1558, 2153, 3342, 5722, 10481, 20000,
    ]  # fmt: skip
    assert AWS_SERVICES.delay(15) == AWS_SERVICES.delay(100_014) == 20_000
    assert AWS_SERVICES.retries == 100_015
    assert AWS_SERVICES.offset(100_015) / 1000 == 2_000_049.665


def test_people_are_tried_for_six_hours():
    assert attempts(CUSTOMERS, 4) == [0, 10, 20, 30]
    assert CUSTOMERS.retries == 50
    assert CUSTOMERS.delay(11) == CUSTOMERS.delay(12) == CUSTOMERS.delay(49) == 600_000
    assert CUSTOMERS.offset(50) / 1000 == 24_089.61


def test_http_endpoints_are_tried_three_times_more_after_twenty_seconds_each():
    policy = HttpPolicy.of(DEFAULT_HEALTHY, None, "").retries
    assert policy.retries == 3
    assert attempts(policy, 4) == [0, 20, 40, 60]


def test_the_phases_follow_each_other():
    policy = RetryPolicy.phases(
        immediate=3, pre_backoff=2, backoff=10, post_backoff=35, minimum=1, maximum=60, function="exponential"
    )
    assert attempts(policy, 6) == [0, 0, 0, 0, 1, 2]
    assert policy.delay(5) == 1000
    assert policy.delay(14) == policy.delay(15) == policy.delay(49) == 60_000
    assert policy.offset(50) <= 3_600_000


@pytest.mark.parametrize("function", ["linear", "arithmetic", "geometric", "exponential"])
def test_a_backoff_goes_from_the_minimum_to_the_maximum(function):
    delays = [backoff_delay(function, n, 10, 5, 600) for n in range(10)]
    assert delays[0] == 5
    assert delays[-1] == pytest.approx(600)
    assert delays == sorted(delays)
    assert backoff_delay(function, 0, 1, 5, 600) == 5


def test_the_functions_rise_the_later_the_steeper_they_are():
    for n in range(1, 9):
        delays = [backoff_delay(name, n, 10, 5, 600) for name in ("linear", "arithmetic", "geometric", "exponential")]
        assert delays[:3] == sorted(delays[:3], reverse=True)


# ── documents ────────────────────────────────────────────────────────────────────────────────────────────────────


def healthy(**changes):
    return json.dumps({"healthyRetryPolicy": changes})


@pytest.mark.parametrize(
    "good, bad",
    [
        ({"minDelayTarget": 1}, {"minDelayTarget": 0}),
        ({"minDelayTarget": 20, "maxDelayTarget": 20}, {"minDelayTarget": 21, "maxDelayTarget": 20}),
        ({"maxDelayTarget": 3600, "numRetries": 1}, {"maxDelayTarget": 3601, "numRetries": 1}),
        ({"numRetries": 100}, {"numRetries": 101}),
        ({"numRetries": 0}, {"numRetries": -1}),
        ({"numRetries": 3, "numNoDelayRetries": 3}, {"numRetries": 3, "numNoDelayRetries": 4}),
        (
            {"numRetries": 3, "numMinDelayRetries": 1, "numMaxDelayRetries": 2},
            {"numRetries": 3, "numMinDelayRetries": 2, "numMaxDelayRetries": 2},
        ),
        ({"backoffFunction": "geometric"}, {"backoffFunction": "quadratic"}),
        (
            {"minDelayTarget": 36, "maxDelayTarget": 36, "numRetries": 100},
            {"minDelayTarget": 37, "maxDelayTarget": 37, "numRetries": 100},
        ),
        ({"numRetries": 3}, {"numRetries": "3"}),
    ],
)
def test_both_sides_of_each_limit_of_a_healthy_policy(good, bad):
    subscription_policy(healthy(**good))
    with pytest.raises(DeliveryPolicyError):
        subscription_policy(healthy(**bad))


@pytest.mark.parametrize(
    "document",
    [
        "{",
        "[]",
        '{"healthyRetryPolicy":[]}',
        '{"throttlePolicy":{"maxReceivesPerSecond":0}}',
        '{"requestPolicy":{"headerContentType":"image/png"}}',
    ],
)
def test_a_document_that_is_no_policy(document):
    with pytest.raises(DeliveryPolicyError):
        subscription_policy(document)


def test_a_topics_policy_is_kept_as_it_was_sent():
    kept = topic_policy('{"http":{"defaultHealthyRetryPolicy":{"minDelayTarget":5,"maxDelayTarget":6,"numRetries":1}}}')
    assert kept == {
        "http": {
            "defaultHealthyRetryPolicy": {"minDelayTarget": 5, "maxDelayTarget": 6, "numRetries": 1},
            "disableSubscriptionOverrides": False,
        }
    }
    effective = effective_topic_policy(kept)["http"]
    assert effective["defaultHealthyRetryPolicy"] == {
        **DEFAULT_HEALTHY, "minDelayTarget": 5, "maxDelayTarget": 6, "numRetries": 1,
    }  # fmt: skip
    assert effective["defaultRequestPolicy"] == {"headerContentType": "text/plain; charset=UTF-8"}


def test_a_subscriptions_policy_counts_unless_its_topic_forbids_that():
    own = {"healthyRetryPolicy": {"numRetries": 9}, "throttlePolicy": {"maxReceivesPerSecond": 5}}
    free = effective_subscription_policy(own, None)
    assert (free["healthyRetryPolicy"]["numRetries"], free["throttlePolicy"]) == (9, {"maxReceivesPerSecond": 5})
    bound = effective_subscription_policy(own, topic_policy('{"http":{"disableSubscriptionOverrides":true}}'))
    assert (bound["healthyRetryPolicy"]["numRetries"], bound["throttlePolicy"]) == (3, None)
