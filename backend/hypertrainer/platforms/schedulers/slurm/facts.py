"""What a check tells of a Slurm cluster."""

from collections.abc import Iterator, Mapping, Sequence

from hypertrainer.platforms.base import Problem

PARTITION_FIELDS = 5  # name, availability, time limit, nodes, GPUs


def facts_of(told: Mapping[str, str]) -> tuple[Mapping[str, str], Sequence[Problem]]:
    """Facts in words and problems, from the lines of `ht_look_around`."""
    names = {
        "scheduler": f"Slurm {told.get('slurm_version', '')}".strip(),
        "cluster": told.get("slurm_cluster", ""),
        "partitions": ", ".join(_partitions(told)),
        "accounting": _accounting(told),
        "default account": told.get("slurm_account", ""),
        "finished jobs are remembered for": _seconds(told, "slurm_min_job_age"),
        "kills after": _seconds(told, "slurm_kill_wait"),
    }
    return {name: value for name, value in names.items() if value}, list(_problems(told))


def _seconds(told: Mapping[str, str], name: str) -> str:
    return f"{told[name]} s" if told.get(name, "").isdecimal() else ""


def _accounting(told: Mapping[str, str]) -> str:
    word = told.get("slurm_sacct", "")
    return {"": "", "yes": "sacct works"}.get(word, "no sacct; the exit records do without it")


def _rows(told: Mapping[str, str]) -> Sequence[Sequence[str]]:
    rows = [row.split("|") for row in told.get("slurm_partitions", "").split(";")]
    return [row for row in rows if len(row) == PARTITION_FIELDS]


def _partitions(told: Mapping[str, str]) -> Iterator[str]:
    """`gpu (up, at most 1-00:00:00, 3 of 8 nodes idle, gpu:4)`."""
    for name, available, limit, nodes, gpus in _rows(told):
        counts = nodes.split("/")  # allocated, idle, other, total
        idle = f"{counts[1]} of {counts[-1]} nodes idle" if len(counts) == len("AIOT") else nodes
        devices = "" if gpus in ("(null)", "") else f", {gpus}"
        yield f"{name} ({available}, at most {limit}, {idle}{devices})"


def _problems(told: Mapping[str, str]) -> Iterator[Problem]:
    if "slurm_missing" in told:
        yield Problem(
            f"sbatch was not found on {told['slurm_missing']}.",
            "Is it a login node? If so, set `login_shell: true`, or name what makes Slurm's "
            "commands known in `setup:`.",
        )
    elif "slurm_down" in told:
        yield Problem(
            f"Slurm's controller does not answer: {told['slurm_down']}",
            "Jobs that run go on. Wait, or tell the cluster's administrators.",
        )
    elif "slurm_partitions" in told and not any(row[1] == "up" for row in _rows(told)):
        yield Problem("No partition is up.", "Wait, or tell the cluster's administrators.")
