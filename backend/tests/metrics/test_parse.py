"""The parsers: what a line means, and that no way of cutting the bytes changes the result."""

from math import inf, isnan

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from hypertrainer.metrics.bulk import bulk_rows
from hypertrainer.metrics.formats import CLASSWISE, PROGRESS, SCALAR, Format, find_source
from hypertrainer.metrics.lines import MAX_LINE_BYTES, line_rows
from hypertrainer.metrics.parse import ParserState, parse

FORMATS = [SCALAR, CLASSWISE, PROGRESS]

NUMBERS = st.one_of(
    st.integers(-3, 20).map(str),
    st.floats(width=32).map(repr),
    st.sampled_from(
        ["3.0", "nan", "-inf", "Infinity", "1e-3", "+1", ".5", "5.", "1_0", "0x1", "1e400", "", "٣"]
    ),
)
WORDS = st.one_of(
    st.sampled_from(["car", "traffic light", "é", "\ufffd", "epoch", "train", "#", '"a', "\ufeff"]),
    st.text(alphabet=st.characters(exclude_characters="\n", codec="utf-8"), max_size=5),
)
FIELDS = st.one_of(NUMBERS, NUMBERS, NUMBERS, WORDS).map(str.encode) | st.binary(max_size=4).map(
    lambda b: b.replace(b"\n", b"")
)
GAPS = st.sampled_from([b"\t"] * 12 + [b" "] * 3 + [b"  ", b"\t\t", b" \t", b"\x0b", b"\r", b","])
ENDS = st.sampled_from([b""] * 8 + [b"\r", b" ", b"\t"])


@st.composite
def wild_lines(draw: st.DrawFn, form: Format) -> bytes:
    fields = draw(st.lists(FIELDS, max_size=len(form.columns) + 2))
    return b"".join(field + draw(GAPS) for field in fields[:-1]) + b"".join(fields[-1:])


@st.composite
def good_lines(draw: st.DrawFn, form: Format) -> bytes:
    texts = [
        draw(st.sampled_from(["car", "traffic light", "é"])) if column.is_text else draw(NUMBERS)
        for column in form.columns
    ]
    return draw(st.sampled_from(["\t", "\t", " "])).join(texts).encode()


@st.composite
def files(draw: st.DrawFn, form: Format) -> bytes:
    line = st.one_of(
        good_lines(form), good_lines(form), wild_lines(form), st.just(_header(form)), st.just(b"")
    )
    lines = draw(st.lists(line, max_size=12))
    return b"".join(part + draw(ENDS) + b"\n" for part in lines) + draw(wild_lines(form))


def _header(form: Format) -> bytes:
    return "\t".join(column.name for column in form.columns).encode()


def _read(form: Format, data: bytes, *, is_final: bool = False) -> tuple[pl.DataFrame, ParserState]:
    parsed = parse(form, data, ParserState(), is_final=is_final)
    return parsed.frame, parsed.state


def _values(data: bytes) -> list[tuple[float, float]]:
    return _read(SCALAR, data)[0].rows()


@given(st.data())
@settings(max_examples=150, deadline=None)
@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_any_split_of_the_bytes_gives_the_same_rows_and_state(
    form: Format, data: st.DataObject
) -> None:
    text = data.draw(files(form))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    state, frames, waiting = ParserState(), [], b""
    for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
        is_final = end == len(text) and start == (cuts or [0])[-1]
        waiting += text[start:end]
        parsed = parse(form, waiting, state, is_final=is_final)
        waiting = waiting[parsed.consumed :]
        state = ParserState.model_validate_json(parsed.state.model_dump_json())
        frames.append(parsed.frame)
    whole, whole_state = _read(form, text, is_final=True)
    assert_frame_equal(pl.concat(frames), whole)
    assert state == whole_state


@given(st.data())
@settings(max_examples=200, deadline=None)
@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_reading_in_bulk_and_by_the_line_agree(form: Format, data: st.DataObject) -> None:
    good = b"".join(line + b"\n" for line in data.draw(st.lists(good_lines(form), max_size=20)))
    text = good + data.draw(files(form)) + b"\n" + good
    header = data.draw(st.sampled_from([None, _header(form).decode()]))
    skipped = data.draw(st.integers(0, min(3, text.count(b"\n") - 1)))
    by_line = line_rows(form, text.split(b"\n", skipped)[-1], header)
    in_bulk = bulk_rows(form, text, header, skipped)
    assert_frame_equal(in_bulk.frame, by_line.frame)
    assert (in_bulk.line_count, in_bulk.bad_count) == (by_line.line_count, by_line.bad_count)
    assert in_bulk.bad == by_line.bad


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_a_few_bad_lines_among_many_good_ones_are_found_in_bulk(form: Format) -> None:
    good = b"\t".join(b"car" if c.is_text else b"1" for c in form.columns) + b"\n"
    text = b"".join([good * 999, b"oh\tno\n", good * 999, good[:-1] + b"\t\t7\n", good])
    frame, state = _read(form, text * 30)
    assert frame.height == 1999 * 30
    assert state.bad_lines == 60
    assert [bad.line for bad in state.bad_samples] == [1000, 2000, 3001, 4001, 5002]


def test_tabs_or_any_white_space_separate_fields() -> None:
    assert _values(b"0\t1\n1 2\n2   3\n 3\t4 \n") == [(0, 1), (1, 2), (2, 3), (3, 4)]


def test_class_names_may_hold_spaces_between_tabs_only() -> None:
    frame, state = _read(CLASSWISE, b"0\ttraffic light\t0.5\n0 car 0.25\n0 traffic light 0.5\n")
    assert frame.rows() == [(0, "traffic light", 0.5), (0, "car", 0.25)]
    assert [(bad.line, bad.text) for bad in state.bad_samples] == [(3, "0 traffic light 0.5")]


@pytest.mark.parametrize("header", [b"epoch_index\tvalue", b"# epoch value", b"Epoch Loss"])
def test_a_header_is_optional_and_may_come_again(header: bytes) -> None:
    frame, state = _read(SCALAR, header + b"\n0\t1\n" + header + b"\n1\t2\n")
    assert frame.rows() == [(0, 1), (1, 2)]
    assert (state.bad_lines, state.lines) == (0, 4)


def test_the_floats_that_scripts_print_are_read() -> None:
    rows = _values(b"0\tnan\n1\tinf\n2\t-Infinity\n3.0\t1e-3\n+4\t.5\n")
    assert isnan(rows[0][1])
    assert rows[1:] == [(1, inf), (2, -inf), (3, 0.001), (4, 0.5)]


def test_epochs_that_repeat_or_go_back_are_all_kept() -> None:
    assert _values(b"0\t1\n1\t2\n1\t3\n0\t4\n") == [(0, 1), (1, 2), (1, 3), (0, 4)]


def test_a_half_written_last_line_waits() -> None:
    parsed = parse(SCALAR, b"0\t1\n1\t0.", ParserState())
    assert (parsed.frame.rows(), parsed.consumed) == ([(0, 1)], 4)
    rest = parse(SCALAR, b"1\t0.25\n", parsed.state)
    assert rest.frame.rows() == [(1, 0.25)]


def test_a_half_written_last_line_is_read_when_the_task_has_ended() -> None:
    parsed = parse(SCALAR, b"0\t1\n1\t0.5", ParserState(), is_final=True)
    assert (parsed.frame.rows(), parsed.consumed) == ([(0, 1), (1, 0.5)], 9)


def test_bad_lines_are_counted_and_the_first_few_kept() -> None:
    bad = b"".join(b"what %d\n" % index for index in range(9))
    frame, state = _read(SCALAR, b"0\t1\n" + bad + b"\xff\t1\n1\t2\t3\n1_0\t5\nnan\t5\n1\t2\n")
    assert frame.rows() == [(0, 1), (1, 2)]
    assert state.bad_lines == 13
    assert [bad.line for bad in state.bad_samples] == [2, 3, 4, 5, 6]
    assert state.bad_samples[0].text == "what 0"


def test_windows_line_ends_are_accepted() -> None:
    assert _values(b"epoch\tvalue\r\n0\t1\r\n1\t2\r\n") == [(0, 1), (1, 2)]


def test_an_endless_line_is_one_bad_line_however_it_comes() -> None:
    text = b"0\t1\n" + b"x" * (3 * MAX_LINE_BYTES) + b"\n1\t2\n"
    whole, whole_state = _read(SCALAR, text)
    state, waiting, frames = ParserState(), b"", []
    for start in range(0, len(text), 40_000):
        waiting += text[start : start + 40_000]
        parsed = parse(SCALAR, waiting, state)
        waiting, state = waiting[parsed.consumed :], parsed.state
        frames.append(parsed.frame)
        assert len(waiting) <= MAX_LINE_BYTES
    assert state == whole_state
    assert state.bad_lines == 1
    assert pl.concat(frames).rows() == whole.rows() == [(0, 1), (1, 2)]


def test_progress_lines_have_five_fields() -> None:
    frame, state = _read(PROGRESS, b"0\ttrain\t3\t10\t1700000000.5\n0\ttrain\t4\t10\tnan\n")
    assert frame.rows() == [(0, "train", 3, 10, 1700000000.5)]
    assert state.bad_lines == 1


def test_a_file_s_name_says_what_it_holds() -> None:
    names = [
        "metric_loss.log",
        "metric_classwise_iou.log",
        "progress.log",
        "out.txt",
        "metric_.log",
    ]
    sources = [find_source(name) for name in names]
    assert [s and (s.format.name, s.metric) for s in sources] == [
        ("scalar", "loss"),
        ("classwise", "iou"),
        ("progress", None),
        None,
        None,
    ]
