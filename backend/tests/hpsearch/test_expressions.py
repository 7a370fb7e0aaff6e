"""Constraints: read without executing anything, and how far each is from holding."""

import operator
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hypertrainer.hpsearch.expressions import ExpressionError, parse

SIGNS = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
VALUES = {"a": 3, "b": 4.5, "name": "sgd", "flag": True, "training.lambda": 0.5, "layers.0": 64}


def violation(text: str, **metrics: float) -> float:
    return parse(text).violation(VALUES, metrics)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a <= 5", -2),
        ("a <= 1", 2),
        ("a >= 5", 2),
        ("a > 1", -2),
        ("1 < a < 3.5", -0.5),
        ("a * b <= 4", 9.5),
        ("a + 2 * b - 1 <= 0", 11),
        ("-a <= -5", 2),
        ("2 ** a ** 2 <= 500", 12),
        ("-2 ** 2 <= -5", 1),
        ("(a + 1) // 3 == 1", 0),
        ("a % 2 == 0", 1),
        ("a / 2 <= 1.5", 0),
        ("7 - 2 - 1 <= 3", 1),
        ("1e1 + .5 + 2. <= 10", 2.5),
        ("a <= 1 and b <= 1", 3.5),
        ("a <= 1 or b <= 1", 2),
        ("a <= 1 or b <= 5 and a <= 4", -0.5),
        ("not a <= 5", 2),
        ("not not a <= 5", -2),
        ("name == 'sgd'", 0),
        ('name == "adam"', 1),
        ("name != 'sgd'", 1),
        ("name in ['adam', 'sgd',]", 0),
        ("name not in ['adam']", -1),
        ("name not in ['sgd']", 1),
        ("name in []", 1),
        ("a in [1, 2]", 1),
        ("flag", -1),
        ("not flag", 1),
        ("flag == true and flag != False and name != null", 0),
        ("flag == 1", 1),
        ("training.lambda * 2 <= layers.0", -63),
        ("`layers.0` <= 60", 4),
    ],
)
def test_a_violation_says_by_how_much(text: str, expected: float) -> None:
    found = violation(text)
    assert found == pytest.approx(min(found, 0) if expected <= 0 and found <= 0 else expected)
    if expected and "==" not in text:
        assert found == pytest.approx(expected)


def test_what_fails_by_nothing_is_violated_all_the_same() -> None:
    assert 0 < violation("a < 3") < 1e-6
    assert 0 < violation("not a <= 3") < 1e-6
    assert violation("a <= 3") == 0


@pytest.mark.parametrize(
    "text",
    [
        "1 / (a - 3) <= 1",
        "not 1 / (a - 3) <= 1",
        "name <= 3",
        "name + 1 <= 3",
        "(0 - 8) ** 0.5 <= 3",
        "10 ** 10 ** 10 <= 3",
        "a % 0 <= 3",
        "flag + 1 <= 3",
    ],
)
def test_what_cannot_be_computed_is_infeasible(text: str) -> None:
    assert violation(text) == 1e12


def test_the_other_side_of_an_or_saves_what_cannot_be_computed() -> None:
    assert violation("a == 3 or 1 / (a - 3) <= 1") <= 0


@pytest.mark.parametrize(
    ("value", "expected"), [(30.5, 6.5), (nan, 1e12), (inf, 1e12), (-inf, -1e12)]
)
def test_a_metric_is_looked_up_by_name(value: float, expected: float) -> None:
    expression = parse("metric(gpu_mem_gb) <= 24")
    assert (expression.paths, expression.metrics) == ((), ("gpu_mem_gb",))
    assert expression.violation({}, {"gpu_mem_gb": value}) == expected
    assert parse("metric('val loss') < a").metrics == ("val loss",)


def test_the_names_in_it_are_told_once_and_in_order() -> None:
    expression = parse("b < a and a < training.lambda and b in [name, 'x']")
    assert expression.paths == ("b", "a", "training.lambda", "name")
    with pytest.raises(KeyError):
        expression.violation({"b": 1})


@pytest.mark.parametrize(
    ("text", "part", "column"),
    [
        ("model.width <", "something is missing after `<`", 14),
        ("", "it is empty", 1),
        ("a = 3", "write `==`", 3),
        ("a < 3 && b < 3", "write `and`", 7),
        ("a < 3 b", "an operator is missing before `b`", 7),
        ("a < 3)", "an operator is missing before `)`", 6),
        ("(a < 3", "`)` is missing", 7),
        ("a < 'x", "is not closed", 5),
        ("a < 3x", "means nothing here", 5),
        ("a ? 3", "`?` means nothing here", 3),
        ("* a < 3", "`*` means nothing here", 1),
        ("a + 3", "compare it with something", 6),
        ("min(a, b) < 3", "no function `min`", 1),
        ("metric(<) < 3", "name a metric", 8),
        ("a and b + 1", "both sides of `and`", 1),
        ("not 3 + a", "`not` stands before", 1),
        ("(a < 3) < 5", "cannot be compared", 12),
        ("(a < 3) + 5 < 6", "must be numbers", 13),
        ("'x' * 3 == 'xxx'", "must be numbers", 9),
        ("a < [1]", "behind `in`", 8),
        ("[1] == 1", "behind `in`", 9),
        ("a in 3", "behind `in`", 7),
        ("a in [1, 2", "`]` is missing", 11),
        ("(" * 60 + "a" + ")" * 60 + " < 1", "nested too deeply", 51),
        ("a <= " + "2 ** " * 60 + "1", "nested too deeply", 256),
        ("a <= " + "1" * 1000, "longer than 1000", 1001),
    ],
)
def test_what_cannot_be_read_is_told_with_its_column(text: str, part: str, column: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert part in str(caught.value)
    assert caught.value.column == column
    assert str(caught.value).startswith("cannot read `")


def check_column(error: ExpressionError, text: str) -> None:
    assert 1 <= error.column <= len(text) + 1


@given(st.text(alphabet="ab1.<=>!()[]'\"`+-*/% ,notandrimec", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        expression = parse(text)
    except ExpressionError as error:
        check_column(error, text)
        return
    values = dict.fromkeys(expression.paths, 1.5)
    found = expression.violation(values, dict.fromkeys(expression.metrics, 2.0))
    assert -1e12 <= found <= 1e12


@given(
    st.floats(allow_nan=False),
    st.floats(allow_nan=False),
    st.sampled_from(sorted(SIGNS)),
)
def test_a_violation_is_above_zero_exactly_where_the_condition_is_false(
    left: float, right: float, sign: str
) -> None:
    holds = SIGNS[sign](left, right)
    expression = parse(f"left {sign} right")
    assert (expression.violation({"left": left, "right": right}) <= 0) is holds
    contrary = parse(f"not left {sign} right")
    assert (contrary.violation({"left": left, "right": right}) <= 0) is not holds
