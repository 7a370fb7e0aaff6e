"""What a machine has: processors, memory and GPUs."""

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from typing import Any

VISIBLE = "CUDA_VISIBLE_DEVICES"


@dataclass(frozen=True, slots=True)
class Gpu:
    """One GPU; `device` is its name in CUDA_VISIBLE_DEVICES."""

    device: str
    name: str = ""
    memory_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Machine:
    """What our own queue may hand out of a machine."""

    cpus: int
    memory_bytes: int
    gpus: tuple[Gpu, ...] = ()


def local_machine() -> Machine:
    """This machine, as far as this process may use it. Asks the GPU driver: up to a second."""
    return Machine(
        cpus=len(os.sched_getaffinity(0)),
        memory_bytes=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        gpus=_visible(_nvidia_gpus(), os.environ.get(VISIBLE)),
    )


def _visible(gpus: Sequence[Gpu], wanted: str | None) -> tuple[Gpu, ...]:
    """Those that whoever started the server left to it."""
    if wanted is None or not gpus:
        return tuple(gpus)
    known = {gpu.device: gpu for gpu in gpus}
    devices = [device.strip() for device in wanted.split(",") if device.strip()]
    return tuple(known.get(device, Gpu(device)) for device in devices)


def _nvidia_gpus() -> Sequence[Gpu]:
    """The GPUs that NVML names; none where there is no driver or no library."""
    with suppress(ImportError):
        nvml = import_module("pynvml")
        with suppress(nvml.NVMLError):
            return _listed_gpus(nvml)
    return ()


def _listed_gpus(nvml: Any) -> Sequence[Gpu]:
    nvml.nvmlInit()
    try:
        handles = [
            nvml.nvmlDeviceGetHandleByIndex(index) for index in range(nvml.nvmlDeviceGetCount())
        ]
        return [
            Gpu(
                str(index),
                nvml.nvmlDeviceGetName(handle),
                nvml.nvmlDeviceGetMemoryInfo(handle).total,
            )
            for index, handle in enumerate(handles)
        ]
    finally:
        nvml.nvmlShutdown()
