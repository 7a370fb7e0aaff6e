"""A script's own output, told from whatever else a host prints, however it arrives in pieces."""

import subprocess
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from hypertrainer.platforms.transports.base import ExecResult
from hypertrainer.platforms.transports.ssh.framing import Call, Reply, call_of, stream_call_of

NONCE = "0123456789abcdef"
NOISE = st.binary(max_size=200)


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    """The same bytes, cut at these places."""
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[a:b] for a, b in pairwise(places)]


def framed(noise: bytes, content: bytes, left_behind: bytes, code: str = "") -> bytes:
    begin, end = f"<ht-begin {NONCE}>\n", f"<ht-end {NONCE}{code}>\n"
    return noise + begin.encode() + content + end.encode() + left_behind


@given(
    NOISE, st.binary(max_size=500), st.binary(max_size=500), NOISE, st.lists(st.integers(0, 2000))
)
def test_output_is_found_in_any_noise_and_any_pieces(
    noise: bytes, output: bytes, errors: bytes, left_behind: bytes, cuts: list[int]
) -> None:
    reply = Reply(NONCE)
    for piece in pieces(framed(noise, output, left_behind, " 7"), cuts):
        reply.feed(piece)
    for piece in pieces(framed(noise, errors, left_behind), cuts):
        reply.feed(piece, is_error=True)
    assert reply.is_over
    told = ExecResult(7, output.decode(errors="replace"), errors.decode(errors="replace"))
    assert reply.result() == told


def test_an_answer_is_over_only_when_both_streams_are() -> None:
    reply = Reply(NONCE)
    reply.feed(framed(b"", b"out", b"", " 0"))
    assert not reply.is_over
    reply.feed(framed(b"", b"err", b""), is_error=True)
    assert reply.is_over


def test_a_long_answer_is_noticed_before_it_ends() -> None:
    reply = Reply(NONCE, max_bytes=1000)
    reply.feed(f"<ht-begin {NONCE}>\n".encode() + b"x" * 1001)
    assert reply.is_too_long


def run(call: Call, data: bytes = b"", bash: tuple[str, ...] = ("bash",)) -> Reply:
    """What a bash on this machine answers."""
    sent = call.opening + call.script + data
    done = subprocess.run(bash, input=sent, capture_output=True, timeout=20, check=False)
    reply = Reply(call.nonce)
    reply.feed(done.stdout)
    reply.feed(done.stderr, is_error=True)
    return reply


def test_a_script_has_its_arguments_word_for_word_and_no_input() -> None:
    words = ["a b", "c'd", '"$HOME"', "", "back\\slash", "new\nline", "é"]
    reply = run(call_of('printf "%s|" "$@"; cat', words))
    assert reply.result().output == "".join(f"{word}|" for word in words)


def test_the_last_command_s_code_is_the_script_s() -> None:
    assert run(call_of("true\nfalse")).result().code == 1
    assert run(call_of("false\ntrue")).result().code == 0
    assert run(call_of("exit 42")).result().code == 42
    assert run(call_of("kill -9 $$")).result().code == 137


def test_a_script_that_is_none_still_gets_an_answer() -> None:
    reply = run(call_of("if ("))
    assert reply.result().code != 0
    assert "syntax error" in reply.result().errors


def test_half_a_script_is_not_run() -> None:
    call = call_of("echo one\necho two")
    cut = Call(call.nonce, call.opening, call.script[:12])
    assert run(cut).result().output == ""


def test_a_shell_that_echoes_its_commands_shows_no_marker() -> None:
    call = call_of("echo mine")
    reply = run(call, bash=("bash", "-xv"))
    assert reply.result().output == "mine\n"


def test_a_large_script_is_not_slow() -> None:
    text = f"x='{'y' * 1_500_000}'\necho ${{#x}}"
    assert run(call_of(text)).result().output == "1500000\n"


def test_a_script_reads_what_is_streamed_to_it() -> None:
    data = bytes(range(256)) * 1000
    reply = run(stream_call_of("wc -c"), data)
    assert reply.result().output.split() == ["256000"]
