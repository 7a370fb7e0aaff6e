"""What qsub says when it does not take a job, and what that means."""

from hypertrainer.platforms.schedulers.answers import Answer, AnswerKind

ANSWERS = (
    Answer(r"End of File|Communication failure|[Tt]imed? ?out|Premature end", AnswerKind.DOUBTFUL),
    Answer(r"protocol error|Connection reset|error 1503[0-9]", AnswerKind.DOUBTFUL),
    Answer(r"cannot connect to server|Connection refused|Unable to communicate", AnswerKind.BUSY),
    Answer(r"Maximum number of jobs|would exceed|limit of jobs|too many queued", AnswerKind.BUSY),
    Answer(
        r"Unknown queue|Illegal destination|not enabled|Unauthorized",
        AnswerKind.REFUSED,
        "Set `partition` to a queue that `qstat -Q` lists.",
    ),
    Answer(r"account|project", AnswerKind.REFUSED, "Set `account` to one that you may use."),
    Answer(
        r"resource limits|Illegal attribute or resource|Unknown resource",
        AnswerKind.REFUSED,
        "`qstat -Qf` shows what each queue allows; `pbsnodes -a` shows what its nodes have.",
    ),
)
