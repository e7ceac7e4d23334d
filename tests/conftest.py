"""For the whole suite: every answer that any test gets is held against the output shape of its operation."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, settings

from pytest_cloudfakes.answers import answer_problems
from pytest_cloudfakes.cloud import FakeCloud

# Examples take as long as a busy machine lets them. In continuous integration they are the same each time, so that what
# fails there fails again; elsewhere they are new each time.
settings.register_profile(
    "suite",
    deadline=None,
    derandomize="CI" in os.environ,
    database=None if "CI" in os.environ else settings.default.database,
    phases=[phase for phase in Phase if phase is not Phase.explain],  # takes minutes where something fails
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("suite")

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
