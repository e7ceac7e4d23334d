"""The ordered structures of a queue, by themselves."""

import random
import subprocess
import sys

import pytest

from pytest_cloudfakes.services.sqs.agenda import NEVER, Ages, Deadlines
from pytest_cloudfakes.services.sqs.messages import Message, State


def message(sent, position=0):
    made = Message(f"id-{sent}-{position}", b"body", None, "sender", sent)
    made.position = position
    return made


class TestDeadlines:
    def test_they_come_in_order_and_ties_in_the_order_of_adding(self):
        deadlines = Deadlines()
        late, early, tie = message(1), message(2), message(3)
        deadlines.add(20, late)
        deadlines.add(10, early)
        deadlines.add(20, tie)
        assert deadlines.first() == 10
        assert deadlines.pop(9) == []
        assert deadlines.pop(10) == [early]
        assert deadlines.pop(100) == [late, tie]
        assert deadlines.first() == NEVER

    def test_discarding_is_idempotent(self):
        deadlines = Deadlines()
        one, two = message(1), message(2)
        deadlines.add(10, one)
        deadlines.add(10, two)
        deadlines.discard(10, one)
        deadlines.discard(10, one)
        deadlines.discard(99, two)
        assert deadlines.pop(10) == [two]

    def test_an_instant_can_be_used_again(self):
        deadlines = Deadlines()
        one = message(1)
        for _ in range(3):
            deadlines.add(10, one)
            deadlines.discard(10, one)
        deadlines.add(10, one)
        assert deadlines.pop(10) == [one]
        assert deadlines.pop(10) == []

    def test_what_was_discarded_is_not_kept(self):
        deadlines = Deadlines()
        for due in range(10_000):
            each = message(due)
            deadlines.add(due, each)
            deadlines.discard(due, each)
        assert len(deadlines._instants) < 200

    def test_against_a_sorted_list(self):
        choose = random.Random(1)
        deadlines, model = Deadlines(), []
        for number in range(2_000):
            each = message(number)
            due = choose.randrange(100)
            deadlines.add(due, each)
            model.append((due, number, each))
            if choose.random() < 0.4:
                gone = model.pop(choose.randrange(len(model)))
                deadlines.discard(gone[0], gone[2])
        now = 50
        expected = [each for due, _, each in sorted(model, key=lambda entry: entry[:2]) if due <= now]
        assert deadlines.pop(now) == expected
        assert deadlines.first() == min(due for due, _, _ in model if due > now)


class TestAges:
    def test_the_oldest_comes_first_latecomers_included(self):
        ages = Ages()
        first, second, older = message(10, 1), message(20, 2), message(5, 3)
        for each in (first, second, older):
            ages.add(each)
        assert ages.oldest() is older
        older.state = State.DELETED
        ages.left()
        assert ages.oldest() is first
        assert list(ages) == [first, second]

    def test_what_left_is_not_kept(self):
        ages = Ages()
        stays = message(0)
        ages.add(stays)
        for number in range(10_000):
            each = message(number)
            ages.add(each)
            each.state = State.DELETED
            ages.left()
        assert len(ages._line) < 200
        assert list(ages) == [stays]

    def test_nothing(self):
        ages = Ages()
        assert ages.oldest() is None
        assert list(ages) == []

    def test_many_latecomers(self):
        ages = Ages()
        messages = [message(sent, position) for position, sent in enumerate(range(500, 0, -1))]
        for each in messages:
            ages.add(each)
        for each in messages[:400]:
            each.state = State.DELETED
            ages.left()
        assert ages.oldest() is messages[-1]
        assert list(ages) == list(reversed(messages[400:]))
        assert len(ages._late) < 300


@pytest.mark.parametrize("module", ["queue", "standard", "fifo", "fair", "registry", "move_tasks", "permissions"])
def test_the_machine_runs_without_botocore(module):
    code = (
        f"import sys; import pytest_cloudfakes.services, importlib.util as u, types;"
        f"package = types.ModuleType('pytest_cloudfakes.services.sqs');"
        f"package.__path__ = [pytest_cloudfakes.services.__path__[0] + '/sqs'];"
        f"sys.modules['pytest_cloudfakes.services.sqs'] = package;"
        f"import pytest_cloudfakes.services.sqs.{module};"
        f"assert not [name for name in sys.modules if name.partition('.')[0] in ('botocore', 'boto3', 'pytest')]"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
