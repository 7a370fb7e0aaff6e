import pytest
from hypothesis import given
from hypothesis import strategies as st

from hypertrainer.logs.terminal import LONGEST_LINE, drawn, shortened

RED, BOLD, RESET = "\x1b[31m", "\x1b[1m", "\x1b[0m"


@pytest.mark.parametrize(
    ("printed", "seen"),
    [
        ("plain", "plain"),
        ("windows\r", "windows"),
        ("\r  0%|    |\r 50%|██  |\r100%|████|", "100%|████|"),
        ("longer than\rshort", "shortr than"),
        ("longer than\rshort\x1b[K", "short"),
        ("gone\r\x1b[2Kdone", "done"),
        ("tpyo\b\b\byp", "typo"),
        ("ab\b\b\b\bX", "Xb"),
        ("a\tb\rxy", "xy      b"),
        ("a\tb", "a\tb"),
        ("abc\x1b[2DX", "aXc"),
        ("abc\x1b[1GX", "Xbc"),
        ("a\x1b[3Cb", "a   b"),
        ("\x1b[?25lhidden cursor\x1b[?25h", "hidden cursor"),
        ("\x1b]0;window title\x07text", "text"),
        ("half a sequence\x1b[3", "half a sequence"),
        ("abc\x1b[1K", "   "),
    ],
)
def test_a_line_looks_as_on_a_terminal(printed: str, seen: str) -> None:
    assert drawn(printed) == seen


def test_colours_stay_as_they_are_where_nothing_moves() -> None:
    line = f"{RED}{BOLD}loss{RESET} 0.5"
    assert drawn(line) == line


def test_colours_follow_the_characters_that_stay_visible() -> None:
    assert drawn(f"{RED}12345{RESET}\rab") == f"ab{RED}345{RESET}"
    assert drawn(f"{RED}old\r{RESET}new") == "new"
    assert drawn(f"old\r{RED}n{BOLD}e{RESET}w") == f"{RED}n{BOLD}e{RESET}w"


def test_a_colour_set_at_the_end_of_a_line_stays_set() -> None:
    assert drawn(f"x\ry{RED}") == f"y{RED}"


@given(st.text(alphabet=st.characters(exclude_characters="\r\b\x1b\n")))
def test_text_without_control_characters_is_untouched(text: str) -> None:
    assert drawn(text) == text


@given(st.lists(st.text(alphabet="ab█", max_size=12), min_size=1, max_size=6))
def test_the_quick_way_and_the_screen_agree(segments: list[str]) -> None:
    quick = drawn("\r".join(segments))
    # A sequence that draws nothing takes the way over the screen.
    assert drawn("\x1b[?25h" + "\r".join(segments)) == quick


@given(st.text(alphabet="ab\r\b\t\x1b[]K0123;mCDGA?l\x07"))
def test_whatever_is_printed_leaves_one_drawn_line(text: str) -> None:
    seen = drawn(text)
    assert not {"\r", "\b", "\n"} & set(seen)
    assert drawn(seen) == seen


def test_a_long_line_is_cut_between_characters_and_says_so() -> None:
    line = "é" * LONGEST_LINE
    assert shortened(line) == "é" * (LONGEST_LINE // 2) + " … [8,192 bytes left out]"
    assert shortened("x" * LONGEST_LINE) == "x" * LONGEST_LINE
    assert shortened("ax" + "é" * LONGEST_LINE).startswith("axé")


def test_a_cut_does_not_leave_half_a_colour_behind() -> None:
    line = RED + "x" * (LONGEST_LINE - 7) + RED + "y"
    assert shortened(line).startswith(RED + "x" * (LONGEST_LINE - 7) + RESET + " … [")


def test_a_long_coloured_progress_bar_is_drawn_from_its_end() -> None:
    steps = [f"\r{RED}{percent:3}%{RESET} {'█' * 50}" for percent in range(101)]
    assert drawn("".join(steps) * 20) == f"{RED}100%{RESET} {'█' * 50}"
