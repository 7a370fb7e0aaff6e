"""Files that go to a real OpenSSH server and come back."""

import os
from pathlib import Path

import pytest

from hypertrainer.errors import PlatformError, PlatformUnreachable
from hypertrainer.platforms.transports.base import NewFile, ReadRequest
from hypertrainer.platforms.transports.ssh.transport import SshTransport
from tests.labs.ssh import SshLab

pytestmark = pytest.mark.slow
BINARY = bytes(range(256)) * 40


@pytest.fixture(params=["node", "noisy", "csh"])
def transport(ssh: SshLab, request: pytest.FixtureRequest) -> SshTransport:
    return ssh.transport(str(request.param))


async def test_files_go_there_and_come_back(transport: SshTransport, tmp_path: Path) -> None:
    files = [
        NewFile(str(tmp_path / "new/deep/binary"), BINARY),
        NewFile(str(tmp_path / "run it's.sh"), b"echo hi\n", 0o700),
        NewFile(str(tmp_path / "empty"), b""),
        NewFile(str(tmp_path / "large"), os.urandom(3_000_000), 0o644),
        NewFile(str(tmp_path / "é\tname"), b"text"),
    ]
    assert await transport.put(files) == {}
    for file in files:
        assert Path(file.path).read_bytes() == file.data
        assert Path(file.path).stat().st_mode & 0o777 == file.mode
    found = await transport.read([ReadRequest(file.path, 0, 4_000_000) for file in files])
    assert [one.data for one in found] == [file.data for file in files]
    assert [one.inode for one in found] == [Path(file.path).stat().st_ino for file in files]
    assert list(tmp_path.rglob(".ht-*")) == []


async def test_a_file_is_replaced_whole(transport: SshTransport, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old and longer")
    before = path.stat().st_ino
    assert await transport.put([NewFile(str(path), b"new")]) == {}
    assert path.read_text() == "new"
    assert path.stat().st_ino != before


async def test_each_file_fails_alone_with_its_reason(
    transport: SshTransport, tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    bad = {
        str(tmp_path / "folder"): "Is a directory",
        str(tmp_path / "file/below"): "File exists",
        "/proc/nothing/here": "No such file or directory",
        f"{tmp_path}/a\nb": "a name with a line break cannot be written",
    }
    good = tmp_path / "good"
    failures = await transport.put(
        [*(NewFile(path, b"x") for path in bad), NewFile(str(good), b"x")]
    )
    assert {path: reason.split(":")[0] for path, reason in failures.items()} == bad
    assert good.read_bytes() == b"x"


async def test_a_full_disk_is_named_and_nothing_is_left(ssh: SshLab, tmp_path: Path) -> None:
    transport = ssh.transport()
    mounted = await transport.run(
        'mkdir "$1" && mount -t tmpfs -o size=64k none "$1"', [f"{tmp_path}/small"]
    )
    if mounted.code != 0:
        pytest.skip("only root can make a small disk")
    try:
        target = f"{tmp_path}/small/file"
        failures = await transport.put([NewFile(target, bytes(200_000))])
        assert failures == {target: f"No space left on device: {target}"}
        with pytest.raises(PlatformError, match=r"cannot be copied.*No space left on device"):
            await transport.upload(written(tmp_path / "source", bytes(900_000)), target)
        assert list(Path(tmp_path, "small").iterdir()) == []
    finally:
        await transport.run('umount "$1"', [f"{tmp_path}/small"])


async def test_what_is_missing_or_grown_is_told(transport: SshTransport, tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"0123456789")
    asked = [(0, 4), (4, 100), (10, 100), (99, 100)]
    found = await transport.read([ReadRequest(str(path), *one) for one in asked])
    assert [one.data for one in found] == [b"0123", b"456789", b"", b""]
    assert {one.size for one in found} == {10}
    folder, missing = await transport.read(
        [ReadRequest(str(tmp_path)), ReadRequest(str(tmp_path / "missing"))]
    )
    assert folder.error == f"Is a directory: {tmp_path}"
    assert (missing.size, missing.error) == (None, None)


async def test_files_of_proc_are_read(transport: SshTransport) -> None:
    name, nobody = await transport.read(
        [ReadRequest("/proc/sys/kernel/hostname"), ReadRequest("/proc/999999999/stat")]
    )
    assert name.data == Path("/proc/sys/kernel/hostname").read_bytes()
    assert nobody.size is None


async def test_one_call_reads_many_files_and_few_read_much(ssh: SshLab, tmp_path: Path) -> None:
    transport = ssh.transport()
    files = [tmp_path / f"{number}.log" for number in range(100)]
    for file in files:
        file.write_text(file.name)
    found = await transport.read([ReadRequest(str(file)) for file in files])
    assert [one.data.decode() for one in found] == [file.name for file in files]
    assert transport.num_calls == 1
    big = written(tmp_path / "big", os.urandom(3_000_000))
    found = await transport.read([ReadRequest(str(big), 0, 3_000_000)] * 4)
    assert {one.data for one in found} == {big.read_bytes()}
    assert transport.num_calls == 1 + 4


async def test_nothing_to_read_or_write_sends_nothing(ssh: SshLab) -> None:
    transport = ssh.transport()
    assert await transport.read([]) == []
    assert await transport.put([]) == {}
    assert transport.num_calls == 0


async def test_a_large_file_is_streamed(transport: SshTransport, tmp_path: Path) -> None:
    source = written(tmp_path / "source", os.urandom(5_000_000))
    target = tmp_path / "new/it's here"
    await transport.upload(source, str(target))
    assert target.read_bytes() == source.read_bytes()
    assert [path.name for path in target.parent.iterdir()] == [target.name]


async def test_an_upload_that_cannot_be_written_says_why(ssh: SshLab, tmp_path: Path) -> None:
    source = written(tmp_path / "source", os.urandom(5_000_000))
    with pytest.raises(PlatformError, match=r"source cannot be copied.*Is a directory"):
        await ssh.transport().upload(source, str(tmp_path))


async def test_the_home_folder_is_asked_for_once(ssh: SshLab) -> None:
    transport = ssh.transport("noisy")
    assert (
        await transport.home()
        == await transport.home()
        == (await transport.run("cd; pwd")).output.strip()
    )
    assert transport.num_calls == 2


async def test_a_machine_tells_what_it_has(transport: SshTransport) -> None:
    machine = await transport.machine()
    assert machine is not None
    assert machine.cpus == len(os.sched_getaffinity(0))
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    assert abs(machine.memory_bytes - total) < 2**20
    assert machine.gpus == ()


async def test_looking_at_what_cannot_be_reached_is_unreachable(ssh: SshLab) -> None:
    transport = ssh.transport("node", port=1)
    for question in (transport.read([ReadRequest("/etc/hostname")]), transport.home()):
        with pytest.raises(PlatformUnreachable):
            await question


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path
