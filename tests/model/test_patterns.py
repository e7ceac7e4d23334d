"""Patterns of AWS's models, read as Java reads them."""

from __future__ import annotations

import sys

import pytest

from pytest_cloudfakes.model import service_model
from pytest_cloudfakes.patterns import JavaPattern, untranslatable

SERVICES = ["sqs", "sns", "kinesis", "swf", "apigateway", "apigatewayv2", "lambda", "s3", "firehose", "sts"]
SERVICES += ["cognito-identity", "kinesisanalytics"]


def patterns_of(service):
    model = service_model(service)
    shapes = (model.shape_for(name) for name in model.shape_names)
    return {shape.metadata["pattern"] for shape in shapes if "pattern" in shape.metadata}


@pytest.mark.parametrize("service", SERVICES)
def test_every_pattern_of_the_services_can_be_read(service):
    problems = untranslatable(patterns_of(service))
    if sys.version_info < (3, 11):
        problems = {pattern: why for pattern, why in problems.items() if "possessive" not in why}
    print(problems)
    assert problems == {}


@pytest.mark.parametrize(
    "pattern, fits, fails",
    [
        (r"[a-z]+", ["a"], ["A", "a1", "", "a\n"]),
        (r"^a$", ["a"], ["a\n", "ba"]),
        (r"a|bc", ["a", "bc"], ["ac", "ab"]),
        (r"$|a", ["", "a"], ["b"]),
        (r".", ["a", "é"], ["\n", "\r", "\u2028", "\x85"]),
        (r"(?s).", ["a", "\n"], ["", "ab"]),
        (r"(?i)abc", ["ABC", "abc"], ["abd"]),
        (r"^(?i)(true|false)$", ["TRUE", "false"], ["no"]),
        (r"\d\w\s", ["1a ", "0_\x0b"], ["١a ", "1é ", "1a\x85"]),
        (r"[\w-:]+", ["a-:"], ["."]),
        (r"[a-z--_]+", ["a-_"], ["A"]),
        (r"[\p{L}\p{N}_]+", ["aé日١_"], [" ", "-"]),
        (r"\p{Lu}", ["A", "É"], ["a", "é"]),
        (r"\P{L}", ["1", "."], ["a", "é"]),
        (r"\p{Punct}\p{Alpha}", ["!a", "~Z"], ["aa", "!é", " a"]),
        (r"\x{1F600}\x41", ["\U0001f600A"], ["A"]),
        (r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\t]*", ["a\U0001f600\t"], ["\n", "\ufffe"]),
        (r"\Qa.b\E+", ["a.b", "a.bb"], ["axb"]),
        (r"(?<year>\d{4})-\d", ["2024-1"], ["2024"]),
        (r"\d{2}+x", ["12x"], ["1x", "123x"]),
        (r"(?!aws:)[a-z:]+(?<!:)", ["abc", "a:w"], ["aws:x", "a:"]),
        (r"\h\v", [" \n", "\u3000\u2028"], ["a\n"]),
        (r"a\z", ["a"], ["a\n"]),
        (r"[^\s]+", ["a\u00a0"], ["a b"]),
    ],
)  # fmt: skip
def test_patterns_mean_what_they_mean_in_java(pattern, fits, fails):
    made = JavaPattern(pattern)
    assert [text for text in fits if not made.matches(text)] == []
    assert [text for text in fails if made.matches(text)] == []


@pytest.mark.parametrize("pattern", [r"[a&&[b]]", r"\p{IsWhitespace}", r"a(?i)b", r"(?<=a+)b", r"[", r"\k<a>", r"x**"])
def test_what_cannot_be_read_refuses_nothing(pattern):
    if pattern == "[":
        assert untranslatable([pattern]) == {pattern: "a character class without an end"}
    assert list(untranslatable([pattern])) == [pattern]
    assert JavaPattern(pattern).matches("anything")
    assert JavaPattern(pattern).matches("é")


@pytest.mark.skipif(sys.version_info < (3, 11), reason="Python's expressions know possessive quantifiers since 3.11")
def test_possessive_quantifiers_give_nothing_back():
    assert not JavaPattern("a*+a").matches("aaa")
    assert JavaPattern("a++b").matches("aab")


@pytest.mark.skipif(sys.version_info >= (3, 11), reason="Python's expressions know possessive quantifiers since 3.11")
def test_possessive_quantifiers_are_not_guessed():
    assert list(untranslatable(["a*+a", "a{2}+"])) == ["a*+a"]
