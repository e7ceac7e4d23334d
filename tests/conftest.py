"""Every answer that any test of this suite gets is held against the output shape of its operation."""

from __future__ import annotations

import pytest

from pytest_cloudfakes.answers import answer_problems
from pytest_cloudfakes.cloud import FakeCloud

# Members that the models mark as required and that AWS was recorded to leave out when they are empty.
MAY_LACK = {
    "sqs": {
        (shape, member)
        for shape in ("SendMessageBatchResult", "DeleteMessageBatchResult", "ChangeMessageVisibilityBatchResult")
        for member in ("Successful", "Failed")
    },
}


def check_answer(call, target, answer):
    problems = answer_problems(target.model, answer, MAY_LACK.get(call.service, ()))
    assert not problems, f"{call.service}.{call.operation} answered out of shape: {problems}"


@pytest.fixture(autouse=True, scope="session")
def _answers_fit_their_shapes():
    begin = FakeCloud.__init__

    def begin_and_check(cloud, *args, **kwargs):
        begin(cloud, *args, **kwargs)
        cloud.answer_checks.append(check_answer)

    patch = pytest.MonkeyPatch()
    patch.setattr(FakeCloud, "__init__", begin_and_check)
    yield
    patch.undo()
