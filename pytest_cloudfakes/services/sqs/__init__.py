"""Amazon SQS."""

from pytest_cloudfakes.services.sqs.operations import Sqs
from pytest_cloudfakes.services.sqs.views import MessageView, QueueView, SqsHandle

__all__ = ["MessageView", "QueueView", "Sqs", "SqsHandle"]
