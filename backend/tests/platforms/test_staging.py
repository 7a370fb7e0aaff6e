"""What jobs need is brought to a machine behind a real SSH server."""

import io
import tarfile
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from hypertrainer.platforms.base import Code, JobHandle, JobSpec, JobState, Rejected, Submitted
from hypertrainer.platforms.schedulers.direct import DirectScheduler
from hypertrainer.platforms.shell import ShellPlatform, ShellSettings
from tests.labs.ssh import SshLab
from tests.platforms.places import until

pytestmark = pytest.mark.slow


class Elsewhere:
    """A machine of which the server knows nothing but the way there."""

    def __init__(
        self, lab: SshLab, root: Path, *, path: tuple[str, ...] = (), node: str = "node"
    ) -> None:
        self.root = root / "there"
        self.root.mkdir()
        self.here = root / "here"
        self.here.mkdir()
        self.transport = lab.transport(node)
        settings = ShellSettings(output=str(self.root), code_path=path)
        self.platform = ShellPlatform("lab", "ssh", self.transport, DirectScheduler(), settings)

    def job(self, key: str, *command: str) -> JobSpec:
        return JobSpec(key, 1, f"{self.root}/{key}", command, files={"config.yaml": b"a: 1\n"})

    def code(self, **files: str) -> Code:
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz") as archive:
            for name, text in files.items():
                entry = tarfile.TarInfo(name.replace("__", "/") + ".py")
                entry.size = len(text)
                archive.addfile(entry, io.BytesIO(text.encode()))
        return self.archived(packed.getvalue())

    def archived(self, data: bytes) -> Code:
        digest = sha256(data).hexdigest()
        archive = self.here / f"{digest}.tar.gz"
        archive.write_bytes(data)
        return Code(digest, str(archive), len(data))

    async def ended(self, job: JobSpec) -> int | None:
        outcome = (await self.platform.submit([job]))[job.key]
        assert isinstance(outcome, Submitted), outcome
        handle = JobHandle(job.key, job.attempt, job.folder, outcome.job_id)
        codes: list[int | None] = []

        async def is_over() -> bool:
            seen = (await self.platform.observe([handle])).seen[job.key]
            codes.append(seen.exit_code)
            return seen.state is JobState.ENDED

        await until(is_over)
        return codes[-1]


async def refused(place: Elsewhere, job: JobSpec) -> Rejected:
    outcome = (await place.platform.submit([job]))[job.key]
    assert isinstance(outcome, Rejected), outcome
    return outcome


async def test_code_is_unpacked_there_and_its_script_runs(ssh: SshLab, tmp_path: Path) -> None:
    place = Elsewhere(ssh, tmp_path)
    code = place.code(train="import part.one, sys; print(open(sys.argv[1]).read())", part__one="")
    job = place.job("h1", "python3", "{script}", "config.yaml")
    assert await place.ended(replace(job, code=code, script="train.py")) == 0
    assert (place.root / "h1" / "out.txt").read_text() == "a: 1\n\n"
    assert (place.root / ".code" / code.digest / "part" / "one.py").is_file()
    assert not list((place.root / ".code").glob("*.tar.gz"))


async def test_the_same_code_goes_there_once(ssh: SshLab, tmp_path: Path) -> None:
    place = Elsewhere(ssh, tmp_path)
    code = place.code(train="pass")
    first, second = (
        replace(place.job(key, "python3", "{script}"), code=code, script="train.py")
        for key in ("h1", "h2")
    )
    before = place.transport.num_calls
    assert all(
        isinstance(one, Submitted) for one in (await place.platform.submit([first])).values()
    )
    for_first = place.transport.num_calls - before
    Path(code.archive).unlink()  # it is not needed again
    before = place.transport.num_calls
    assert await place.ended(second) == 0
    assert for_first == 6  # home, look, upload, unpack, write, submit
    assert place.transport.num_calls - before >= 3


async def test_code_that_a_clean_up_there_took_a_part_of_is_made_whole(
    ssh: SshLab, tmp_path: Path
) -> None:
    place = Elsewhere(ssh, tmp_path)
    code = place.code(train="import part.one", part__one="")
    first, second = (
        replace(place.job(key, "python3", "{script}"), code=code, script="train.py")
        for key in ("h1", "h2")
    )
    assert await place.ended(first) == 0
    for name in (".complete", "part/one.py"):
        (place.root / ".code" / code.digest / name).unlink()
    assert await place.ended(second) == 0
    assert len(list((place.root / ".code").iterdir())) == 1


async def test_an_archive_that_is_none_is_refused_and_leaves_nothing(
    ssh: SshLab, tmp_path: Path
) -> None:
    place = Elsewhere(ssh, tmp_path)
    job = place.job("h1", "python3", "{script}")
    outcome = await refused(place, replace(job, code=place.archived(b"no tar"), script="train.py"))
    assert "could not be unpacked there" in outcome.reason
    assert list((place.root / ".code").iterdir()) == []


async def test_an_archive_that_is_gone_here_is_refused(ssh: SshLab, tmp_path: Path) -> None:
    place = Elsewhere(ssh, tmp_path)
    code = Code("0" * 64, f"{tmp_path}/gone.tar.gz", 10)
    outcome = await refused(place, replace(place.job("h1", "true"), code=code, script="train.py"))
    assert "gone.tar.gz" in outcome.reason


async def test_a_script_there_is_looked_up_like_a_program(ssh: SshLab, tmp_path: Path) -> None:
    folders = tmp_path / "a", tmp_path / "b"
    for folder in folders:
        folder.mkdir()
    (folders[1] / "train.py").write_text("import sys; sys.exit(5)\n")
    place = Elsewhere(ssh, tmp_path, path=tuple(str(folder) for folder in folders))
    job = replace(place.job("h1", "python3", "{script}"), script="train.py")
    assert await place.ended(job) == 5
    outcome = await refused(place, replace(place.job("h2", "x"), script="none.py"))
    assert f"`none.py` is not there; looked in {folders[0]}, {folders[1]}" in outcome.reason


async def test_the_home_there_is_written_out_wherever_it_is_named(
    ssh: SshLab, tmp_path: Path
) -> None:
    place = Elsewhere(ssh, tmp_path)
    home = await place.transport.home()
    folder = f"~/.hypertrainer-test-{tmp_path.name}"
    there = Path(folder.replace("~", home))
    job = JobSpec(
        "h1",
        1,
        folder,
        ("bash", "-c", 'cat config.yaml; echo "$1 $WHERE"', "bash", f"{folder}/x"),
        environment={"WHERE": folder},
        files={"config.yaml": f"output_path: {folder}\n".encode()},
    )
    try:
        assert await place.ended(job) == 0
        assert (there / "out.txt").read_text() == f"output_path: {there}\n{there}/x {there}\n"
        (found,) = (await place.platform.observe([JobHandle("h1", 1, folder)])).seen.values()
        assert found.exit is not None
        assert await place.platform.remove([folder]) == {}
        assert not there.exists()
    finally:
        assert not there.exists()


async def test_a_folder_that_cannot_be_made_is_refused_alone(ssh: SshLab, tmp_path: Path) -> None:
    place = Elsewhere(ssh, tmp_path)
    (place.root / "file").write_text("")
    bad = replace(place.job("h1", "true"), folder=f"{place.root}/file/h1")
    outcomes = await place.platform.submit([bad, place.job("h2", "true")])
    assert isinstance(outcomes["h1"], Rejected)
    assert "cannot be written" in outcomes["h1"].reason
    assert isinstance(outcomes["h2"], Submitted)


async def test_odd_names_arrive_as_they_are_whatever_the_login_shell(
    ssh: SshLab, tmp_path: Path
) -> None:
    odd = tmp_path / 'it\'s "odd" $HOME `id` ünï \\ *'
    odd.mkdir()
    place = Elsewhere(ssh, odd, node="csh")
    packed = io.BytesIO()
    name, text = "my train's $1.py", b"import os, sys; print(sys.argv[1:], os.environ['WORD'])"
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        entry = tarfile.TarInfo(name)
        entry.size = len(text)
        archive.addfile(entry, io.BytesIO(text))
    job = place.job("h1", "python3", "{script}", "a 'b' $c")
    job = replace(job, code=place.archived(packed.getvalue()), script=name)
    job = replace(job, environment={"WORD": "x\ny'"}, setup=("set -eu", "set -o pipefail"))
    assert await place.ended(job) == 0
    assert (place.root / "h1" / "out.txt").read_text() == "[\"a 'b' $c\"] x\ny'\n"


async def test_an_earlier_attempt_that_still_waits_never_starts_beside_a_later_one(
    ssh: SshLab, tmp_path: Path
) -> None:
    place = Elsewhere(ssh, tmp_path)
    first = place.job("h1", "bash", "-c", "echo first >> runs")
    second = replace(place.job("h2", "bash", "-c", "echo second >> runs"), attempt=2)
    second = replace(second, folder=first.folder)
    assert await place.ended(second) == 0
    assert await place.ended(first) is None
    assert (place.root / "h1" / "runs").read_text() == "second\n"
