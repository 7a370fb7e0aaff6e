"""A job's wishes as options of bsub, by the IBM Spectrum LSF 10.1 command reference."""

from collections.abc import Iterator

from hypertrainer.platforms.base import Problem, Resources

MEBIBYTE = 2**20
NAMED = "HyperTrainer finds its jobs by their names: leave it out."
WRITES = "Output goes to the task's folder: leave it out."
WAITS = "HyperTrainer watches the job by itself: leave it out."
OWNED = {
    "-J": NAMED,
    "-o": WRITES,
    "-oo": WRITES,
    "-e": WRITES,
    "-eo": WRITES,
    "-i": "The program's input is empty: leave it out.",
    "-is": "The program's input is empty: leave it out.",
    "-cwd": "Jobs run in the task's folder: leave it out.",
    "-W": "Write `time:` under `resources`.",
    "-q": "Write `partition:` under `resources`.",
    "-P": "Write `account:` under `resources`.",
    "-n": "Write `cpus:` and `nodes:` under `resources`.",
    "-M": "Write `memory:` under `resources`.",
    "-gpu": "Write `gpus:` and `gpu_type:` under `resources`.",
    "-wa": "Write `checkpoint: USR1@60` under `resources`.",
    "-wt": "Write `checkpoint: USR1@60` under `resources`.",
    "-r": "Write `resume_on:` under `resources`.",
    "-K": WAITS,
    "-I": WAITS,
    "-Ip": WAITS,
    "-Is": WAITS,
    "-H": "Submit the task later: leave it out.",
}


def problems(wishes: Resources) -> Iterator[Problem]:
    """What LSF has no words for."""
    if wishes.qos:
        yield Problem("LSF has no `qos`.", "A service class is chosen by `-sla NAME` in `raw`.")


def wanted(wishes: Resources) -> Iterator[str]:
    """The options that ask for these resources, the raw ones left out.

    LSF counts slots over all nodes, memory and GPUs on each of them.
    """
    nodes = wishes.nodes or 1
    if wishes.cpus or wishes.nodes:
        cpus = wishes.cpus or 1
        span = "span[hosts=1]" if nodes == 1 else f"span[ptile={cpus}]"
        yield from ("-n", str(cpus * nodes), "-R", span)
    if wishes.memory_bytes:
        memory = f"{-(-wishes.memory_bytes // MEBIBYTE)}MB"
        yield from ("-M", memory, "-R", f"rusage[mem={memory}]")
    if wishes.gpus or (wishes.gpu_type and wishes.gpus is None):
        model = f":gmodel={wishes.gpu_type}" if wishes.gpu_type else ""
        yield from ("-gpu", f"num={wishes.gpus or 1}{model}")
    if wishes.time_seconds:
        yield from ("-W", _minutes(wishes.time_seconds))
        if wishes.checkpoint_signal:
            lead = _minutes(wishes.checkpoint_seconds)
            yield from ("-wa", wishes.checkpoint_signal, "-wt", lead)
    if wishes.constraint:
        is_whole = "[" in wishes.constraint
        yield from ("-R", wishes.constraint if is_whole else f"select[{wishes.constraint}]")
    if wishes.partition:
        yield from ("-q", wishes.partition)
    if wishes.account:
        yield from ("-P", wishes.account)


def _minutes(seconds: int) -> str:
    """`3:00`: hours and minutes, of which LSF knows no parts."""
    minutes = -(-seconds // 60)
    return f"{minutes // 60}:{minutes % 60:02}"
