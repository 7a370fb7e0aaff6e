"""One command that reads many files says of each what the local transport would."""

import os
import subprocess
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hypertrainer.platforms.transports.base import ReadRequest, Slice
from hypertrainer.platforms.transports.local import LocalTransport
from hypertrainer.platforms.transports.ssh.reading import parse_slices, read_script

NONCE = "1234567890ab"
UNPRIVILEGED = 65_534


def read(requests: list[ReadRequest], max_bytes: int = 2**22) -> list[Slice | None]:
    """What a bash on this machine reads."""
    script = read_script(requests, NONCE, max_bytes)
    done = subprocess.run(
        ["bash", "-s"], input=script.encode(), capture_output=True, timeout=30, check=False
    )
    assert done.stderr == b""
    return list(parse_slices(done.stdout.decode(errors="replace"), requests, NONCE))


async def same(requests: list[ReadRequest]) -> list[Slice]:
    """What both transports read, the same."""
    expected = list(await LocalTransport().read(requests))
    assert read(requests) == expected
    return expected


CONTENTS = st.one_of(
    st.binary(max_size=300),
    st.text(st.characters(max_codepoint=126), max_size=300).map(str.encode),
    st.binary(min_size=4090, max_size=4100),
)


@given(st.lists(st.tuples(CONTENTS, st.integers(0, 400), st.integers(1, 5000)), max_size=4))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_any_bytes_from_any_offset(
    tmp_path: Path, files: list[tuple[bytes, int, int]]
) -> None:
    requests = []
    for number, (content, offset, most) in enumerate(files):
        path = tmp_path / f"file {number}"
        path.write_bytes(content)
        requests.append(ReadRequest(str(path), offset, most))
    await same(requests)


async def test_what_is_not_there_is_absent(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "dangling").symlink_to("nowhere")
    paths = ["missing", "no/such/folder", "file/below", "dangling", "it's [odd] $HOME *"]
    found = await same([ReadRequest(str(tmp_path / path)) for path in paths])
    assert [one.size for one in found] == [None] * 5


async def test_odd_names_are_read(tmp_path: Path) -> None:
    names = ["it's", "a  b ", "-n", "$(id)", 'quo"te', "[x]", "*", "é", "semi;colon", "back\\slash"]
    for name in names:
        (tmp_path / name).write_text(f"I am {name}")
    found = await same([ReadRequest(str(tmp_path / name)) for name in names])
    assert [one.data.decode() for one in found] == [f"I am {name}" for name in names]


async def test_a_folder_is_an_error(tmp_path: Path) -> None:
    (found,) = read([ReadRequest(str(tmp_path))])
    assert found is not None
    assert found.error == f"Is a directory: {tmp_path}"


def test_a_pipe_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (found,) = read([ReadRequest(str(tmp_path / "pipe"))])
    assert found is not None
    assert found.error == f"Not a regular file: {tmp_path / 'pipe'}"


def test_a_name_with_a_line_break_is_an_error_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "good").write_text("good")
    bad, good = read([ReadRequest(f"{tmp_path}/a\nb"), ReadRequest(str(tmp_path / "good"))])
    assert bad is not None
    assert bad.error == "a name with a line break cannot be read"
    assert good is not None
    assert good.data == b"good"


def test_what_may_not_be_looked_at_is_not_absent() -> None:
    with tempfile.TemporaryDirectory() as name:  # which other users can reach
        folder = Path(name)
        (folder / "closed").mkdir()
        (folder / "closed/file").write_text("secret")
        (folder / "secret").write_text("secret")
        (folder / "open").write_text("open")
        (folder / "closed").chmod(0o000)
        (folder / "secret").chmod(0o000)
        folder.chmod(0o755)
        names = ["closed/file", "closed/missing", "secret", "open", "missing"]
        requests = [ReadRequest(str(folder / name)) for name in names]
        script = read_script(requests, NONCE).encode()
        done = subprocess.run(
            ["bash", "-s"],
            input=script,
            capture_output=True,
            user=UNPRIVILEGED if os.geteuid() == 0 else None,
            check=True,
        )
        found = parse_slices(done.stdout.decode(), requests, NONCE)
        errors = [one.error.split(":")[0] if one and one.error else None for one in found]
        (folder / "closed").chmod(0o700)
        assert errors == ["Permission denied"] * 3 + [None, None]


async def test_files_of_proc_have_content() -> None:
    paths = [f"/proc/{os.getpid()}/stat", "/proc/sys/kernel/random/boot_id", "/proc/999999999/stat"]
    mine, boot, nobody = read([ReadRequest(path) for path in paths])
    local = await LocalTransport().read([ReadRequest(path) for path in paths])
    assert mine is not None
    assert boot is not None
    assert nobody is not None
    assert mine.data.split()[0] == str(os.getpid()).encode()
    assert mine.size == len(mine.data)
    assert boot.data == local[1].data
    assert nobody.size is None
    assert nobody.error is None


def test_what_has_not_fitted_is_left_for_the_next_time(tmp_path: Path) -> None:
    requests = []
    for number in range(5):
        path = tmp_path / str(number)
        path.write_bytes(b"x" * 1000)
        requests.append(ReadRequest(str(path)))
    found = read(requests, max_bytes=2500)
    assert [one is not None for one in found] == [True, True, False, False, False]


def test_one_slice_larger_than_the_room_is_told_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(b"x" * 5000)
    (found,) = read([ReadRequest(str(tmp_path / "large"))], max_bytes=100)
    assert found is not None
    assert len(found.data) == 5000


def test_noise_around_the_answer_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    requests = [ReadRequest(str(tmp_path / "file"))]
    script = f"echo {'0' * 12} 0 absent\n{read_script(requests, NONCE)}\necho more"
    output = subprocess.check_output(["bash", "-c", script], text=True)
    (found,) = parse_slices(output, requests, NONCE)
    assert found is not None
    assert found.data == b"mine"


def test_an_answer_that_was_cut_off_says_nothing_of_the_rest(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(bytes(range(256)) * 40)
    requests = [ReadRequest(str(tmp_path / "file"))]
    output = subprocess.check_output(["bash", "-c", read_script(requests, NONCE)], text=True)
    for end in range(0, len(output) - 1, 501):
        (found,) = parse_slices(output[:end], requests, NONCE)
        assert found is None or found.error is not None


def test_absent_files_cost_no_process(tmp_path: Path) -> None:
    requests = [ReadRequest(str(tmp_path / f"exit.{number}")) for number in range(400)]
    script = "tail() { echo forked >&2; }; head() { tail; }; base64() { tail; }\n"
    done = subprocess.run(
        ["bash", "-c", script + read_script(requests, NONCE)], capture_output=True, check=True
    )
    assert done.stderr == b""
    found = parse_slices(done.stdout.decode(), requests, NONCE)
    assert all(one is not None and one.size is None and one.error is None for one in found)
