"""What bsub says when it does not take a job, and what that means."""

from hypertrainer.platforms.schedulers.answers import Answer, AnswerKind

ANSWERS = (
    Answer(r"[Tt]ime ?out|not responding|still trying|Connection reset", AnswerKind.DOUBTFUL),
    Answer(r"LSF is down|[Cc]annot (connect|contact)|Unable to contact", AnswerKind.BUSY),
    Answer(
        r"threshold reached|limit.*reached|Too many",
        AnswerKind.BUSY,
        "As many of your jobs are in the queue as are allowed.",
    ),
    Answer(
        r"No such queue|cannot use the queue|queue.*(closed|inactive)",
        AnswerKind.REFUSED,
        "Set `partition` to a queue that `bqueues -u $USER` lists.",
    ),
    Answer(
        r"project|User cannot use",
        AnswerKind.REFUSED,
        "Set `account` to a project that you may use.",
    ),
    Answer(
        r"RUNLIMIT|run ?time|MEMLIMIT",
        AnswerKind.REFUSED,
        "Lower `time` or `memory`; `bqueues -l` shows what each queue allows.",
    ),
    Answer(
        r"resource requirement|syntax|Illegal option|unit",
        AnswerKind.REFUSED,
        "Before LSF 10.1, `memory` has to be written in `raw`, in the site's own unit.",
    ),
)
