"""A job's wishes as options of sbatch."""

from collections.abc import Iterator

from hypertrainer.platforms.base import JobSpec, Resources
from hypertrainer.platforms.records import RECORD_FOLDER

MEBIBYTE = 2**20
NAMED = "HyperTrainer finds its jobs by their names: leave it out."
WRITES = "Output goes to the task's folder: leave it out."
WAITS = "HyperTrainer watches the job by itself: leave it out."
FOLDER = "Jobs run in the task's folder: leave it out."
ARRAY = "Submit a search instead: each trial becomes a job."
SIGNAL = "Write `checkpoint: USR1@60` under `resources`."
CLUSTER = "Add another platform, with `export SLURM_CLUSTERS=…` in its `setup`."
OWNED = {
    "--job-name": NAMED,
    "-J": NAMED,
    "--output": WRITES,
    "-o": WRITES,
    "--error": WRITES,
    "-e": WRITES,
    "--input": "The program's input is empty: leave it out.",
    "-i": "The program's input is empty: leave it out.",
    "--open-mode": WRITES,
    "--array": ARRAY,
    "-a": ARRAY,
    "--wrap": "The task's own script runs: leave it out.",
    "--parsable": WAITS,
    "--quiet": WAITS,
    "-Q": WAITS,
    "--wait": WAITS,
    "-W": WAITS,
    "--test-only": "Preview asks this by itself: leave it out.",
    "--help": WAITS,
    "-h": WAITS,
    "--usage": WAITS,
    "--version": WAITS,
    "-V": WAITS,
    "--chdir": FOLDER,
    "-D": FOLDER,
    "--signal": SIGNAL,
    "--clusters": CLUSTER,
    "-M": CLUSTER,
    "--partition": "Write `partition:` under `resources`.",
    "-p": "Write `partition:` under `resources`.",
    "--account": "Write `account:` under `resources`.",
    "-A": "Write `account:` under `resources`.",
    "--qos": "Write `qos:` under `resources`.",
    "-q": "Write `qos:` under `resources`.",
    "--time": "Write `time:` under `resources`.",
    "-t": "Write `time:` under `resources`.",
    "--constraint": "Write `constraint:` under `resources`.",
    "-C": "Write `constraint:` under `resources`.",
    "--nodes": "Write `nodes:` under `resources`.",
    "-N": "Write `nodes:` under `resources`.",
    "--cpus-per-task": "Write `cpus:` under `resources`.",
    "-c": "Write `cpus:` under `resources`.",
    "--mem": "Write `memory:` under `resources`.",
}


def wanted(resources: Resources) -> Iterator[str]:
    """The options that ask for these resources, the raw ones left out."""
    if resources.nodes is not None:
        yield f"--nodes={resources.nodes}"
        yield "--ntasks-per-node=1"
    if resources.cpus is not None:
        yield f"--cpus-per-task={resources.cpus}"
    if gpus := _gpus(resources):
        yield f"--gres=gpu:{gpus}"
    if resources.memory_bytes is not None:
        yield f"--mem={-(-resources.memory_bytes // MEBIBYTE)}M"
    if resources.time_seconds is not None:
        yield f"--time={clock(resources.time_seconds)}"
    for name in ("partition", "account", "qos", "constraint"):
        if value := getattr(resources, name):
            yield f"--{name}={value}"
    if resources.checkpoint_signal is not None:
        yield f"--signal=B:{resources.checkpoint_signal}@{resources.checkpoint_seconds}"


def _gpus(resources: Resources) -> str:
    """`a100:2`; a type alone asks for one, and nothing for none."""
    count = 1 if resources.gpus is None and resources.gpu_type else resources.gpus
    if not count:
        return ""
    return f"{resources.gpu_type}:{count}" if resources.gpu_type else str(count)


def clock(seconds: int) -> str:
    """`3:00:00`, as Slurm reads times: hours, minutes and seconds."""
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def identity(job: JobSpec) -> Iterator[str]:
    """The options by which a job is found again and leaves its traces."""
    folder = job.folder.replace("%", "%%")  # in names of files, sbatch replaces %j and the like
    yield f"--job-name={job.key}"
    yield "--comment=HyperTrainer"
    yield "--open-mode=append"
    yield f"--output={folder}/{RECORD_FOLDER}/scheduler.log"
    yield "--no-requeue"
