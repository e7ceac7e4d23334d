"""Amazon Resource Names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_cloudfakes.arns import Arn, ArnError

PARTS = st.text("abc-0*", max_size=5)


@given(st.tuples(PARTS, PARTS, PARTS, PARTS, st.text("abc:/-*", max_size=9)))
def test_an_arn_is_written_as_it_was_read(parts):
    text = ":".join(("arn", *parts))
    assert str(Arn.parse(text)) == text
    assert Arn.parse(text) == Arn(*parts)


@pytest.mark.parametrize(
    "text, elements",
    [("", 1), ("orders", 1), ("arn:aws:sqs", 3), ("arn:aws:sqs:eu-west-1:123456789012", 5), ("urn:a:b:c:d:e", 6)],
)
def test_what_is_no_arn_says_how_many_parts_it_has(text, elements):
    assert not Arn.is_arn(text)
    with pytest.raises(ArnError) as caught:
        Arn.parse(text)
    assert caught.value.elements == elements


@pytest.mark.parametrize(
    "text, well_formed",
    [
        ("arn:aws:sqs:eu-west-1:123456789012:orders", True),
        ("arn:aws-cn:s3:::bucket", True),
        ("arn:aws:sqs:eu-west-1:12345678901:orders", False),
        ("arn:aws:sqs:eu-west-1:123456789012:", False),
        ("arn:gcp:sqs:eu-west-1:123456789012:orders", False),
        ("arn:aws::eu-west-1:123456789012:orders", False),
    ],
)
def test_an_arn_is_well_formed_if_its_parts_could_be_of_aws(text, well_formed):
    assert Arn.parse(text).well_formed is well_formed


@pytest.mark.parametrize(
    "resource, kind, identity",
    [
        ("orders", "", "orders"),
        ("stream/orders", "stream", "orders"),
        ("stream/orders/consumer/c:5", "stream", "orders/consumer/c:5"),
        ("function:f:live", "function", "f:live"),
        ("/domain/d", "", "/domain/d"),
    ],
)
def test_the_resource_of_an_arn_may_name_its_type(resource, kind, identity):
    arn = Arn("aws", "x", "", "", resource)
    assert (arn.resource_type, arn.resource_id) == (kind, identity)
