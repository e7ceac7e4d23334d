"""The short way, the long way and HTTP: the same generated calls have the same answers, errors and history.

Calls are made from botocore's models, with the words that make sense for a service in its vocabulary; what earlier
answers gave goes into later calls by its name. A service joins by a vocabulary.
"""

from __future__ import annotations

import os
from typing import Any

import botocore.session
import pytest
from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from vocabularies import ACCOUNT, REGION, START, VOCABULARIES, Call, Earlier, Vocabulary

from pytest_cloudfakes import FakeCloud
from pytest_cloudfakes.journal import EventRecord
from pytest_cloudfakes.model import service_model
from pytest_cloudfakes.services import service_class

KEYS = {"aws_access_key_id": ACCOUNT, "aws_secret_access_key": "secret"}
HEADERS = ("x-amzn-requestid", "content-type", "date", "x-amzn-query-error")


class Calls:
    """Strategies for calls, from a model and a vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._model = service_model(vocabulary.service)
        self._vocabulary = vocabulary
        faked = service_class(vocabulary.service).operations
        self.operations = [
            name for name in self._model.operation_names if xform_name(name) in faked and name not in vocabulary.without
        ]
        self.beginning = self._known(vocabulary.beginning)

    def steps(self) -> st.SearchStrategy[tuple[str, Any]]:
        """Calls, and now and then a while."""
        made = st.sampled_from(self.operations).flatmap(self._call)
        phrases = self._known(self._vocabulary.phrases)
        phrase = st.sampled_from(phrases) if phrases else made
        return st.one_of(made, made, made, phrase, st.tuples(st.just("advance"), st.sampled_from([0.999, 5, 60])))

    def _known(self, calls: tuple[Call, ...]) -> list[Call]:
        return [call for call in calls if call[0] in self.operations]

    def _call(self, operation: str) -> st.SearchStrategy[tuple[str, Any]]:
        shape = self._model.operation_model(operation).input_shape
        parameters = st.just({}) if shape is None else self._value(shape, operation)
        return st.tuples(st.just(operation), parameters)

    def _member(self, name: str, shape: Any) -> st.SearchStrategy[Any]:
        made = self._value(shape, name)
        words = self._vocabulary.words.get(name)
        if words:
            return st.one_of(st.sampled_from(words), st.sampled_from(words), made)
        if shape.type_name in {"string", "blob"} and not getattr(shape, "enum", None):
            earlier = st.builds(Earlier, st.just(name), st.integers(0, 3))
            return st.one_of(earlier, earlier, made)
        return made

    def _value(self, shape: Any, name: str) -> st.SearchStrategy[Any]:
        kind = shape.type_name
        if kind == "structure":
            members = {key: self._member(key, member) for key, member in shape.members.items()}
            required = {key: members.pop(key) for key in shape.required_members}
            optional = {key: member for key, member in members.items() if key not in self._vocabulary.without}
            # Most calls have the members that there are words for, or hardly one would be answered.
            usual = {key: optional[key] for key in optional if key in self._vocabulary.words}
            rest = {key: optional[key] for key in optional if key not in usual}
            only_usual = st.fixed_dictionaries(required | usual)
            with_usual = st.fixed_dictionaries(required | usual, optional=rest)
            return st.one_of(only_usual, with_usual, st.fixed_dictionaries(required, optional=optional))
        if kind == "list":
            members = self._member(name.removesuffix("s"), shape.member)
            return st.one_of(st.lists(members, min_size=1, max_size=2), st.lists(members, max_size=2))
        if kind == "map":
            return st.dictionaries(st.sampled_from(["a", "b"]), self._value(shape.value, name), max_size=2)
        if kind == "string" and shape.enum:
            return st.sampled_from([*shape.enum, "Nonsense"])
        return _SCALARS[kind]


_SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "string": st.sampled_from(["cat.png", "é ☺ <&>", "", "1", "a" * 200]),
    "blob": st.sampled_from([b"", b"\x00\xff"]),
    "integer": st.sampled_from([0, 1, 5, 10, -1, 100_000]),
    "long": st.sampled_from([0, 1, 5, 10, -1, 100_000]),
    "double": st.sampled_from([0.0, 1.5]),
    "float": st.sampled_from([0.0, 1.5]),
    "boolean": st.booleans(),
    "timestamp": st.just(START),
}


class Run:
    """A script on one cloud, through one door."""

    def __init__(self, cloud: FakeCloud, client: Any, address: str) -> None:
        self.cloud = cloud
        self.client = client
        self.address = address
        self.known: dict[str, list[Any]] = {}
        self.results: list[Any] = []

    def call(self, operation: str, parameters: Any) -> None:
        try:
            answer = getattr(self.client, xform_name(operation))(**self._resolved(parameters))
        except ClientError as error:
            self.results.append((operation, type(error).__name__, str(error), self._shown(error.response)))
        except BotoCoreError as error:
            self.results.append((operation, self._shown(str(error))))
        else:
            self._remember(answer)
            self.results.append((operation, self._shown(answer)))

    def history(self) -> list[Any]:
        """What happened, and what is due."""
        return [*map(self._told, self.cloud.journal), *self.cloud.clock.upcoming()]

    def _told(self, entry: Any) -> Any:
        if isinstance(entry, EventRecord):
            return entry.number, entry.at, entry.cause, entry.describe()
        call = entry.call
        asked = call.service, call.operation, call.account, call.region, call.request_id, self._shown(call.parameters)
        return entry.number, entry.at, entry.cause, asked, self._shown(entry.answer), str(entry.error)

    def _resolved(self, value: Any) -> Any:
        if isinstance(value, Earlier):
            known = self.known.get(value.name)
            return known[value.index % len(known)] if known else "nothing yet"
        if isinstance(value, list):
            return [self._resolved(item) for item in value]
        return {name: self._resolved(item) for name, item in value.items()} if isinstance(value, dict) else value

    def _remember(self, value: Any) -> None:
        """Keep the texts of an answer by the names of their members; those of a list by the name of one."""
        for name, member in value.items() if isinstance(value, dict) else ():
            for each in member if isinstance(member, list) else [member]:
                if isinstance(each, dict):
                    self._remember(each)
                elif isinstance(each, (str, bytes)):
                    self.known.setdefault(name.removesuffix("s") if isinstance(member, list) else name, []).append(each)

    def _shown(self, value: Any) -> Any:
        """What is compared: addresses as AWS gives them, and the headers that AWS sends."""
        if isinstance(value, str):
            return value.replace(self.address, f"https://sqs.{REGION}.amazonaws.com")
        if isinstance(value, list):
            return [self._shown(item) for item in value]
        if not isinstance(value, dict):
            return value
        shown = {name: self._shown(item) for name, item in value.items()}
        if "HTTPHeaders" in shown:
            shown["HTTPHeaders"] = {name: shown["HTTPHeaders"].get(name) for name in HEADERS}
        return shown


SESSION = botocore.session.Session()


def listens(**_: Any) -> None:
    """Somebody who notices, so that calls take the long way."""


def run(door: str, vocabulary: Vocabulary, script: list[tuple[str, Any]]) -> tuple[list[Any], list[Any]]:
    service = vocabulary.service
    # Over HTTP, botocore's calls must pass the interception, and reach the same cloud by its address.
    passthrough = {service} if door == "http" else set()
    with FakeCloud(start=START, seed=7, passthrough=passthrough) as cloud:
        cloud.clock.hold()
        # In process, no endpoint is reached; but with one of their own, clients leave some checks out.
        address = cloud.serve().url if door == "http" else "http://127.0.0.1:1"
        client = SESSION.create_client(service, REGION, endpoint_url=address, **KEYS)
        if door == "long":
            client.meta.events.register("before-send", listens)
        progress = Run(cloud, client, address)
        for operation, argument in [*Calls(vocabulary).beginning, *script]:
            if operation == "advance":
                cloud.clock.advance(argument)
            else:
                progress.call(operation, argument)
        client.close()
        return progress.results, progress.history()


@settings(
    max_examples=int(os.environ.get("CLOUDFAKES_TEST_EXAMPLES", "20")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(data=st.data())
@pytest.mark.parametrize("vocabulary", VOCABULARIES, ids=str)
def test_the_doors_agree(vocabulary: Vocabulary, data: st.DataObject) -> None:
    script = data.draw(st.lists(Calls(vocabulary).steps(), min_size=1, max_size=15))
    short, long, http = (run(door, vocabulary, script) for door in ("short", "long", "http"))
    assert short == long
    assert short == http


@pytest.mark.parametrize("vocabulary", VOCABULARIES, ids=str)
def test_the_generated_calls_mean_something(vocabulary: Vocabulary) -> None:
    """Most operations succeed in some of them."""
    succeeded: set[str] = set()

    @settings(max_examples=30, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(script=st.lists(Calls(vocabulary).steps(), min_size=10, max_size=20))
    def look(script: list[tuple[str, Any]]) -> None:
        results, _ = run("short", vocabulary, script)
        succeeded.update(result[0] for result in results if len(result) == 2 and isinstance(result[1], dict))

    look()
    assert len(succeeded) > len(Calls(vocabulary).operations) / 2
