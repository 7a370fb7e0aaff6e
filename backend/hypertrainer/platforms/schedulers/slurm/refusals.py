"""What sbatch says when it does not take a job, and what that means."""

from hypertrainer.platforms.schedulers.answers import Answer, AnswerKind

# Surely not submitted; a later attempt may succeed.
BUSY = {
    r"connection failure|Connection refused": "",
    r"Unable to establish (controller|configuration)": "",
    r"Unable to contact slurm controller": "",
    r"standby mode|temporarily un(able|available)|presently disabled": "",
    r"MaxSubmit|GrpSubmit|MaxJobCount": "As many of your jobs are in the queue as are allowed.",
    r"munge|authentication": "MUNGE may be down there: tell the cluster's administrators.",
    r"error writing|No space left|quota": "A disk there is full.",
    r"inactive or drain": "Choose another `partition`, or wait.",
}
# The answer was lost: there may be a job.
DOUBTFUL = {
    r"timed? ?out|Zero Bytes were transmitted": "",
    r"(send|receive|shutdown) failure|Unexpected message": "",
    r"Connection reset|Broken pipe|not connected": "",
    r"Insane message length|Header lengths": "",
    r"Unable to contact slurm controller(?! \(connect failure)": "",
}
REFUSED = {
    r"(Assoc|QOS)\w*(Max|Min|Grp)": "Ask for less, or set another `account` or `qos`.",
    r"Invalid partition": "Set `partition` to one of those that Check lists.",
    r"Invalid account": (
        "Set `account` to one that may use this partition; "
        "`sacctmgr show associations user=$USER` lists yours."
    ),
    r"not permitted|permission denied": (
        "Choose another `partition` or `account`, or ask the administrators for access."
    ),
    r"Invalid qos": "Set another `qos`, or none.",
    r"Invalid feature|Invalid constraint": (
        "Correct `constraint`; `sinfo -o %f` lists what there is."
    ),
    r"Invalid generic resource|Invalid gres": (
        "Correct `gpu_type`, or leave it out; `sinfo -o %G` lists what there is."
    ),
    r"time limit is|--time": "Set `time`, within what the partition allows.",
    r"partition configuration not available": "Ask for less, or choose another `partition`.",
    r"node configuration is not available|can not be satisfied|Node count|More processors": (
        "No node has this: lower `cpus`, `gpus`, `memory` or `nodes`, or change `partition`."
    ),
    r"unrecognized option|invalid option|ambiguous|requires an argument": "Correct `raw`.",
    r"Invalid node name": "Correct `raw`.",
}

# Many limits have these words in common; where the one that was met is named, it is above.
SOME_LIMIT = {
    r"violates accounting/QOS policy": (
        "Too many jobs are queued, or `time` or the size is more than `account` or `qos` allow."
    ),
}


def _answers(table: dict[str, str], kind: AnswerKind) -> list[Answer]:
    return [Answer(words, kind, hint) for words, hint in table.items()]


# The first that fits: doubt comes first.
REFUSALS = (
    *_answers(DOUBTFUL, AnswerKind.DOUBTFUL),
    *_answers(BUSY, AnswerKind.BUSY),
    *_answers(REFUSED, AnswerKind.REFUSED),
    *_answers(SOME_LIMIT, AnswerKind.BUSY),
)
