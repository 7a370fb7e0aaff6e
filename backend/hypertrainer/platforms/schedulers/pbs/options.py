"""A job's wishes as options of qsub."""

import re
from collections.abc import Iterator

from hypertrainer.platforms.base import Problem, Resources

MEBIBYTE = 2**20
CHUNK = re.compile(r"(^|,)(select|nodes)=")
OWNED = {
    "-N": "HyperTrainer finds its jobs by their names.",
    "-o": "Output goes to the task's own folder.",
    "-e": "Output goes to the task's own folder.",
    "-j": "Output goes to the task's own folder.",
    "-r": "Set `resume_on` to have a task resumed.",
    "-q": "Set `partition` instead.",
    "-A": "Set `account` instead.",
    "-J": "Write a search (`hpsearch:`) instead of a job array.",
    "-t": "Write a search (`hpsearch:`) instead of a job array.",
    "-I": "A task has no terminal.",
    "-h": "Submit the task later.",
    "-S": "The wrapper is bash's.",
    "-z": "The job's id has to be printed.",
}


def problems(wishes: Resources) -> Iterator[Problem]:
    """What PBS has no words for."""
    if wishes.qos:
        yield Problem(
            "PBS has no `qos`.", "Where Moab or Maui schedules, write `-l qos=NAME` in `raw`."
        )
    if wishes.gpu_type:
        yield Problem(
            "PBS has no common word for a GPU's type.",
            "Name it in `constraint`: on PBS Pro as a chunk's resource (`gpu_model=a100`), on "
            "Torque as a node's property; `pbsnodes -a` shows them.",
        )
    for line in wishes.raw:
        if re.search(r"(^|[\s,])walltime=", line):
            yield Problem("`walltime` cannot stand in `resources.raw`.", "Set `time` instead.")


def shape(wishes: Resources) -> tuple[str, ...]:
    """What the job's nodes are to have, in both dialects; empty: the queue's defaults."""
    wanted = (wishes.nodes, wishes.cpus, wishes.gpus, wishes.memory_bytes, wishes.constraint)
    if not any(wanted):
        return ()
    return f"pro=-l{_select(wishes)}", f"torque=-l{_nodes(wishes)}"


def _select(wishes: Resources) -> str:
    """The chunks of PBS Pro; memory is for each of them."""
    parts = [f"select={wishes.nodes or 1}"]
    parts += [f"ncpus={wishes.cpus}"] if wishes.cpus else []
    parts += [f"ngpus={wishes.gpus}"] if wishes.gpus else []
    parts += [f"mem={_mebibytes(wishes.memory_bytes)}mb"] if wishes.memory_bytes else []
    parts += [wishes.constraint] if wishes.constraint else []
    return ":".join(parts)


def _nodes(wishes: Resources) -> str:
    """The nodes of Torque; memory is for all of them together."""
    count = wishes.nodes or 1
    parts = [f"nodes={count}:ppn={wishes.cpus or 1}"]
    parts += [f"gpus={wishes.gpus}"] if wishes.gpus else []
    parts += [wishes.constraint] if wishes.constraint else []
    memory = f",mem={_mebibytes(wishes.memory_bytes) * count}mb" if wishes.memory_bytes else ""
    return ":".join(parts) + memory


def _mebibytes(count: int) -> int:
    return -(-count // MEBIBYTE)


def clock(seconds: int) -> str:
    """`3:00:00`: hours, minutes and seconds."""
    minutes, rest = divmod(seconds, 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"
