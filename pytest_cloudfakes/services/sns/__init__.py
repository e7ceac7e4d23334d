"""Amazon SNS."""

from pytest_cloudfakes.services.sns.operations import Sns
from pytest_cloudfakes.services.sns.views import (
    Attempt,
    DeliveryView,
    OutboxMessage,
    SnsHandle,
    SubscriptionView,
    TopicView,
)

__all__ = ["Attempt", "DeliveryView", "OutboxMessage", "Sns", "SnsHandle", "SubscriptionView", "TopicView"]
