"""A job's wishes as options of qsub, by the manual page sge_submit(1)."""

from collections.abc import Iterator

from hypertrainer.platforms.base import Problem, Resources

MEBIBYTE = 2**20
PARALLEL_ENVIRONMENT = "smp"  # what most sites call the one that keeps a job on one node
NAMED = "HyperTrainer finds its jobs by their names: leave it out."
WRITES = "Output goes to the task's folder: leave it out."
ARRAY = "Submit a search instead: each trial becomes a job."
OWNED = {
    "-N": NAMED,
    "-o": WRITES,
    "-e": WRITES,
    "-j": WRITES,
    "-i": "The program's input is empty: leave it out.",
    "-t": ARRAY,
    "-tc": ARRAY,
    "-wd": "Jobs run in the task's folder: leave it out.",
    "-cwd": "Jobs run in the task's folder: leave it out.",
    "-q": "Write `partition:` under `resources`.",
    "-P": "Write `account:` under `resources`.",
    "-r": "Write `resume_on:` under `resources`.",
    "-b": "The task's own script runs: leave it out.",
    "-shell": "The task's own script runs: leave it out.",
    "-S": "The task's own script runs: leave it out.",
    "-C": "The task's own script runs: leave it out.",
    "-sync": "HyperTrainer watches the job by itself: leave it out.",
    "-terse": "HyperTrainer watches the job by itself: leave it out.",
    "-notify": "It is always asked for: leave it out.",
    "-h": "Submit the task later: leave it out.",
}


def problems(wishes: Resources) -> Iterator[Problem]:
    """What SGE has no words for."""
    if wishes.qos:
        yield Problem("SGE has no `qos`.", "Leave it out; `-js` in `raw` sets a job's share.")
    if wishes.gpu_type:
        yield Problem(
            "SGE has no common word for a GPU's type.",
            "Name it in `constraint`, such as `gpu_type=a100`; `qconf -sc` lists the names.",
        )
    if (wishes.nodes or 1) > 1:
        yield Problem(
            "SGE knows slots, not nodes.",
            "Leave `nodes` out, and write a parallel environment over several nodes into "
            "`resources.raw`, such as `-pe mpi 64`.",
        )


def wanted(wishes: Resources, *, has_environment: bool) -> Iterator[str]:
    """The options that ask for these resources, the raw ones left out.

    SGE counts memory for each slot. `has_environment`: a parallel environment is among the raw
    options, and decides how many slots there are.
    """
    slots = wishes.cpus or 1
    if slots > 1 and not has_environment:
        yield from ("-pe", PARALLEL_ENVIRONMENT, str(slots))
    requests = [f"gpu={wishes.gpus}"] if wishes.gpus else []
    if wishes.memory_bytes:
        requests.append(f"h_vmem={-(-wishes.memory_bytes // slots // MEBIBYTE)}M")
    if wishes.time_seconds:
        requests.append(f"h_rt={wishes.time_seconds}")
    if wishes.constraint:
        requests.append(wishes.constraint)
    if requests:
        yield from ("-l", ",".join(requests))
    if wishes.partition:
        yield from ("-q", wishes.partition)
    if wishes.account:
        yield from ("-P", wishes.account)
