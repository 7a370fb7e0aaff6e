"""Slurm's words for a job's state, and for why one waits, in ours."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from hypertrainer.platforms.base import EndCause, JobState

STATES = {
    "PENDING": JobState.QUEUED,
    "REQUEUED": JobState.QUEUED,
    "REQUEUE_FED": JobState.QUEUED,
    "REQUEUE_HOLD": JobState.QUEUED,
    "RESV_DEL_HOLD": JobState.QUEUED,
    "SPECIAL_EXIT": JobState.QUEUED,
    "CONFIGURING": JobState.QUEUED,
    "POWER_UP_NODE": JobState.QUEUED,
    "RUNNING": JobState.RUNNING,
    "RESIZING": JobState.RUNNING,
    "SIGNALING": JobState.RUNNING,
    "STOPPED": JobState.RUNNING,
    "SUSPENDED": JobState.RUNNING,
    "COMPLETING": JobState.STOPPING,
    "STAGE_OUT": JobState.STOPPING,
    "BOOT_FAIL": JobState.ENDED,
    "CANCELLED": JobState.ENDED,
    "COMPLETED": JobState.ENDED,
    "DEADLINE": JobState.ENDED,
    "FAILED": JobState.ENDED,
    "NODE_FAIL": JobState.ENDED,
    "OUT_OF_MEMORY": JobState.ENDED,
    "PREEMPTED": JobState.ENDED,
    "TIMEOUT": JobState.ENDED,
    # REVOKED is left out: the job goes on, on another cluster of the federation.
}
CAUSES = {
    "BOOT_FAIL": EndCause.NODE_FAILED,
    "CANCELLED": EndCause.CANCELLED,
    "DEADLINE": EndCause.TIMED_OUT,
    "NODE_FAIL": EndCause.NODE_FAILED,
    "OUT_OF_MEMORY": EndCause.OUT_OF_MEMORY,
    "PREEMPTED": EndCause.PREEMPTED,
    "TIMEOUT": EndCause.TIMED_OUT,
}
STATE_WORDS = {
    "CONFIGURING": "its machine is being prepared",
    "POWER_UP_NODE": "its machine is being switched on",
    "REQUEUED": "Slurm has put it back into the queue",
    "REQUEUE_HOLD": "Slurm has put it back and holds it; release it with `scontrol release`",
    "SPECIAL_EXIT": "Slurm has put it back and holds it; release it with `scontrol release`",
    "STOPPED": "Slurm has stopped it for now",
    "SUSPENDED": "Slurm has suspended it for now",
}


@dataclass(frozen=True, slots=True)
class Wait:
    """Why a job waits, and what to do where waiting does not help."""

    words: str
    remedy: str = ""


CHOOSE_PARTITION = "choose another `partition`"
ASK_LESS = "cancel it, and ask for less"
WAIT_OR_ACCOUNT = "wait, or set another `account`"
RELEASE = "release it with `scontrol release`, or cancel it"
# The first that begins like Slurm's reason.
REASONS = (
    ("Resources", Wait("waits for free resources")),
    ("Priority", Wait("waits for its turn: others come first")),
    ("None", Wait("waits to be looked at")),
    ("DependencyNeverSatisfied", Wait("will never start: what it depends on failed", "cancel it")),
    ("Dependency", Wait("waits for another job")),
    ("BeginTime", Wait("may not start yet; a job that Slurm put back waits about two minutes")),
    ("JobHeld", Wait("is held", RELEASE)),
    (
        "launch failed requeued held",
        Wait("could not be launched on its machine, and is held", RELEASE),
    ),
    ("job requeued in held state", Wait("was put back and is held", RELEASE)),
    ("user env retrieval failed", Wait("its environment could not be read; it is held", RELEASE)),
    ("PartitionDown", Wait("its partition is down", CHOOSE_PARTITION)),
    ("PartitionInactive", Wait("its partition takes no jobs now", CHOOSE_PARTITION)),
    ("PartitionTimeLimit", Wait("asks for more time than its partition allows", "lower `time`")),
    ("PartitionNodeLimit", Wait("asks for more nodes than its partition has", "lower `nodes`")),
    ("PartitionConfig", Wait("asks for more than its partition has", ASK_LESS)),
    ("BadConstraints", Wait("no machine has what it asks for", ASK_LESS)),
    ("InvalidAccount", Wait("its account is not valid", "cancel it, and set another `account`")),
    ("AccountNotAllowed", Wait("its account may not use this partition", "set another `account`")),
    ("InvalidQOS", Wait("its QOS is not valid", "cancel it, and set another `qos`")),
    ("QOSNotAllowed", Wait("its QOS may not be used in this partition", "set another `qos`")),
    ("ReqNodeNotAvail", Wait("a machine that it needs is down, reserved or kept for maintenance")),
    ("Nodes required for job are DOWN", Wait("the machines that it needs are down or reserved")),
    ("NodeDown", Wait("a machine that it needs is down")),
    ("Reservation", Wait("waits for its reservation")),
    ("Licenses", Wait("waits for a licence")),
    ("MaxMemPerLimit", Wait("asks for more memory than is allowed", "lower `memory`")),
    ("AssocMaxJobs", Wait("the account already runs as many jobs as it may")),
    ("QOSMaxJobs", Wait("as many jobs run as the QOS allows")),
    (
        "QOSMaxWall",
        Wait("asks for more time than its QOS allows", "lower `time`, or set another `qos`"),
    ),
    ("AssocMaxWall", Wait("asks for more time than its account may", "lower `time`")),
    ("AssocGrp", Wait("the account has used up what it may use", WAIT_OR_ACCOUNT)),
    (
        "Assoc",
        Wait("asks for more than its account may use", "ask for less or set another `account`"),
    ),
    ("QOSGrp", Wait("all users of this QOS together use as much as they may")),
    ("QOS", Wait("asks for more than its QOS allows", "ask for less, or set another `qos`")),
    ("Prolog", Wait("its machine is being prepared")),
    ("Cleaning", Wait("its last run is being cleaned up")),
)
IO_ERROR_SIGNAL = 53  # how Slurm tells that a job's output file could not be opened
IO_ERROR = (
    "its node could not open its output file: `output:` must be on a file system that the compute "
    "nodes see, with room on it"
)


def waiting_words(reason: str, start: str) -> str:
    """Why a job waits, when it is expected to start, and what helps.

    Args:
        reason: as squeue says it; may be empty.
        start: the expected start in UTC, or `N/A`.
    """
    plain = reason.strip("() ")
    wait = next((wait for name, wait in REASONS if plain.startswith(name)), None)
    words = wait.words if wait else "waits"
    named = f" ({plain})" if plain and plain != "None" else ""
    parts = [f"{words}{named}", starting_words(start), wait.remedy if wait else ""]
    return "; ".join(part for part in parts if part)


def starting_words(start: str) -> str:
    """The expected start, to the minute; empty where there is none."""
    moment = moment_of(start)
    return "" if moment is None else f"starts about {moment:%Y-%m-%d %H:%M} UTC"


def moment_of(text: str) -> datetime | None:
    """A time as Slurm writes it in UTC; None where it writes none."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        return None


def exit_code_of(text: str) -> int | None:
    """The exit code in Slurm's `CODE:SIGNAL`; a signal counts as a shell counts it."""
    match = re.fullmatch(r"(\d{1,6}):(\d{1,3})", text.strip())
    if match is None:
        return None
    code, signal = int(match[1]), int(match[2])
    return 128 + signal if signal else code


def base_state(text: str) -> str:
    """`CANCELLED` of `CANCELLED by 1000`, and of `CANCELLED+`."""
    return text.strip().split(" ")[0].rstrip("+")
