"""The language of filters, by itself."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hypertrainer.errors import InvalidInput
from hypertrainer.tasks.columns import COLUMNS
from hypertrainer.tasks.where import Condition, Reference, parse_condition, parse_reference

NAMES = st.text(st.characters(exclude_characters="`", exclude_categories=["Cs"]), min_size=1)
OPERATORS = st.sampled_from(["=", "!=", "<", "<=", ">", ">=", "~", "!~"])


def parsed(source: str) -> tuple[str, str, str, str, str]:
    condition = parse_condition(source, [*COLUMNS, "tag"])
    reference = condition.reference
    return (
        reference.kind,
        reference.name,
        reference.field,
        condition.operator,
        condition.value,
    )


def test_a_parameter_is_compared_by_its_dotted_path() -> None:
    assert parsed("params.training.lr<0.01") == ("param", "training.lr", "", "<", "0.01")


def test_spaces_around_the_operator_mean_nothing() -> None:
    assert parsed(" params.a  >=  1e-3 ") == ("param", "a", "", ">=", "1e-3")


def test_a_metric_means_its_last_value_unless_another_is_named() -> None:
    assert parsed("metrics.loss<=0.5") == ("metric", "loss", "last", "<=", "0.5")
    assert parsed("metrics.loss.min>1") == ("metric", "loss", "min", ">", "1")
    assert parsed("metrics.top.1.max>1") == ("metric", "top.1", "max", ">", "1")
    assert parsed("metrics.last>1") == ("metric", "last", "last", ">", "1")


def test_two_equal_signs_are_one() -> None:
    assert parsed("status==running") == ("column", "status", "", "=", "running")


def test_a_value_may_hold_operators() -> None:
    assert parsed("name~a=b<c") == ("column", "name", "", "~", "a=b<c")


def test_quotes_make_text_and_keep_spaces() -> None:
    condition = parse_condition('params.seed=" 42 "', COLUMNS)
    assert (condition.value, condition.is_quoted) == (" 42 ", True)


def test_an_empty_value_is_the_empty_text() -> None:
    assert parsed("project=")[-1] == ""


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("", "is no comparison"),
        ("params.lr", "is no comparison"),
        ("<0.1", "is no comparison"),
        ("params.lr<", "nothing after `<`"),
        ("nmae=x", "did you mean `name`"),
        ("param.lr<1", "did you mean `params.`"),
        ("params.=1", "no column"),
        ("metrics.=1", "no column"),
        ('name="x', "does not close"),
    ],
)
def test_what_is_wrong_is_told_with_the_remedy(source: str, told: str) -> None:
    with pytest.raises(InvalidInput, match=told) as raised:
        parsed(source)
    assert raised.value.fields[0].path == "where"


@given(NAMES, OPERATORS, st.text(st.characters(exclude_categories=["Cs"])))
def test_any_name_in_backticks_and_any_value_in_quotes_is_read_as_it_is(
    name: str, operator: str, value: str
) -> None:
    source = f'`params.{name}` {operator} "{value}"'
    reference = Reference("param", name)
    assert parse_condition(source, []) == Condition(reference, operator, value, True, source)


@given(st.text())
def test_any_text_is_read_or_refused(source: str) -> None:
    with contextlib.suppress(InvalidInput):
        parsed(source)


def test_an_unknown_name_lists_what_there_is() -> None:
    with pytest.raises(InvalidInput, match=r"there are id, name, .* `params\.PATH`"):
        parse_reference("zzzzzzzzzzz", COLUMNS, "sort")
