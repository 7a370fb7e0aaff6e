"""What `nvidia-smi` says, also where it says that it cannot."""

import subprocess
import time
from pathlib import Path

import pytest

from hypertrainer.platforms.base import GpuLoad
from hypertrainer.platforms.gpus import GPU_LOADS, LIST_GPUS, parse_gpu_loads, parse_gpus
from hypertrainer.platforms.machine import Gpu

MEBIBYTE = 2**20


def answer(line: str, folder: Path, program: str | None) -> str:
    """What a bash prints where `nvidia-smi` is this program."""
    if program is not None:
        path = folder / "nvidia-smi"
        path.write_text(f"#!/bin/bash\n{program}\n")
        path.chmod(0o755)
    environment = {"PATH": f"{folder}:/usr/bin:/bin"}
    done = subprocess.run(
        ["bash", "-c", line], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    return done.stdout


def test_gpus_are_listed(tmp_path: Path) -> None:
    program = "echo '0, NVIDIA A100-SXM4-80GB, 81920'; echo '1, Tesla \"V\", rev. 2, 16160'"
    assert parse_gpus(answer(LIST_GPUS, tmp_path, program)) == (
        Gpu("0", "NVIDIA A100-SXM4-80GB", 81920 * MEBIBYTE),
        Gpu("1", 'Tesla "V", rev. 2', 16160 * MEBIBYTE),
    )


@pytest.mark.parametrize(
    "program",
    [
        None,
        "echo 'NVIDIA-SMI has failed because it could not communicate with the driver'; exit 9",
        "echo 'No devices were found'; exit 6",
        "echo 0, half a",
        "exit 1",
    ],
)
def test_where_there_is_no_driver_there_are_no_gpus(tmp_path: Path, program: str | None) -> None:
    assert parse_gpus(answer(LIST_GPUS, tmp_path, program)) == ()
    assert parse_gpu_loads(answer(GPU_LOADS, tmp_path, program), "lab") == ()


def test_a_driver_that_never_answers_is_not_waited_for(tmp_path: Path) -> None:
    began = time.monotonic()
    line = LIST_GPUS.replace("-t 10", "-t 1").replace("timeout 10", "timeout 2")
    hangs = "echo '0, A, 100'; exec sleep 60"
    assert parse_gpus(answer(line, tmp_path, hangs)) == (Gpu("0", "A", 100 * MEBIBYTE),)
    assert time.monotonic() - began < 20


def test_loads_are_told_as_far_as_they_are_known(tmp_path: Path) -> None:
    program = """cat <<END
0, NVIDIA A100, 93, 40536, 81920
1, NVIDIA A100 MIG, [N/A], [N/A], 81920
2, GRID, [Not Supported], 1, [Unknown Error]
END"""
    assert parse_gpu_loads(answer(GPU_LOADS, tmp_path, program), "lab") == (
        GpuLoad("lab", "0", "NVIDIA A100", 93.0, 40536 * MEBIBYTE, 81920 * MEBIBYTE),
        GpuLoad("lab", "1", "NVIDIA A100 MIG", None, None, 81920 * MEBIBYTE),
        GpuLoad("lab", "2", "GRID", None, MEBIBYTE, None),
    )
