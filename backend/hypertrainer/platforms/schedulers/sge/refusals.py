"""What qsub says when it does not take a job, and what that means."""

from hypertrainer.platforms.schedulers.answers import Answer, AnswerKind

ANSWERS = (
    Answer(r"timeout error|failed receiving gdi|got read error|Broken pipe", AnswerKind.DOUBTFUL),
    Answer(r"unable to (send message|contact qmaster)|Connection refused", AnswerKind.BUSY),
    Answer(
        r"jobs are allowed|job limit|max_u_jobs|too many jobs",
        AnswerKind.BUSY,
        "As many of your jobs are in the queue as are allowed.",
    ),
    Answer(
        r"parallel environment",
        AnswerKind.REFUSED,
        "Name one that `qconf -spl` lists in `resources.raw`, such as `-pe openmp 4`.",
    ),
    Answer(
        r'unknown resource "gpus?"',
        AnswerKind.REFUSED,
        "Here GPUs go by another name: leave `gpus` out, and write it into `resources.raw`, such "
        "as `-l ngpus=1`; `qconf -sc` lists the names.",
    ),
    Answer(r"unknown resource", AnswerKind.REFUSED, "`qconf -sc` lists the resources there are."),
    Answer(
        r"unknown queue|no suitable queue",
        AnswerKind.REFUSED,
        "Set `partition` to a queue that `qconf -sql` lists, or ask for less.",
    ),
    Answer(r"project", AnswerKind.REFUSED, "Set `account` to a project that `qconf -sprjl` lists."),
)
