"""Remember what searches know, as facts in their order."""

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

STATES = {"finished": "complete", "pruned": "stopped", "cancelled": "cancelled"}
ACTIVE = ("waiting", "submitting", "running")


def upgrade() -> None:
    """Change the tables, and tell what is known of the searches there are."""
    _extend_searches()
    _create_facts()
    _replace_trials()
    _tell_facts()


def _extend_searches() -> None:
    op.execute(sa.text("ALTER TABLE search RENAME COLUMN space TO spec"))
    # No batch: it would make the table anew, and without what keeps ids from being used twice.
    for column in (
        sa.Column("stem", sa.String(), server_default="", nullable=False),
        sa.Column("reason", sa.String(), server_default="", nullable=False),
        sa.Column("tags", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("places", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("optuna_version", sa.String(), server_default="", nullable=False),
        sa.Column("last_seq", sa.Integer(), server_default="0", nullable=False),
        sa.Column("changes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("is_closed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("num_trials", sa.Integer(), server_default="0", nullable=False),
        sa.Column("epochs", sa.Integer(), server_default="0", nullable=False),
        sa.Column("cost", sa.Float(), server_default="0", nullable=False),
        sa.Column("best_value", sa.Float(), nullable=True),
        sa.Column("best_number", sa.Integer(), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_seconds", sa.Float(), server_default="0", nullable=False),
    ):
        op.add_column("search", column)


def _create_facts() -> None:
    op.create_table(
        "search_fact",
        sa.Column("search_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("epoch", sa.Integer(), nullable=True),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["search_id"],
            ["search.id"],
            name=op.f("fk_search_fact_search_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("search_id", "seq", name=op.f("pk_search_fact")),
        sqlite_with_rowid=False,
    )


def _replace_trials() -> None:
    """A trial may have several tasks from now on: its `task_id` moves into a table of its own."""
    op.execute(sa.text("ALTER TABLE trial RENAME TO old_trial"))
    op.drop_index("uq_trial_search_number", table_name="old_trial")
    if op.get_bind().dialect.name == "postgresql":  # where names are the schema's, not the table's
        for name in ("pk_trial", "fk_trial_search_id"):
            op.execute(sa.text(f"ALTER TABLE old_trial RENAME CONSTRAINT {name} TO old_{name}"))
    op.create_table(
        "trial",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("search_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("inactive", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("bracket", sa.Integer(), nullable=False),
        sa.Column("objectives", sa.JSON(), nullable=True),
        sa.Column("constraints", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("last_value", sa.Float(), nullable=True),
        sa.Column("epochs", sa.Integer(), nullable=False),
        sa.Column("cost", sa.Float(), nullable=False),
        sa.Column("changed_seq", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["search_id"], ["search.id"], name=op.f("fk_trial_search_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trial")),
    )
    op.create_index("uq_trial_search_number", "trial", ["search_id", "number"], unique=True)
    op.create_index("ix_trial_state", "trial", ["state", "search_id"], unique=False)
    op.create_table(
        "trial_task",
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("trial_id", sa.Integer(), nullable=False),
        sa.Column("repeat", sa.Integer(), nullable=False),
        sa.Column("retries", sa.Integer(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["task_id"], ["task.id"], name=op.f("fk_trial_task_task_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["trial_id"], ["trial.id"], name=op.f("fk_trial_task_trial_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_trial_task")),
    )
    op.create_index("uq_trial_task_trial_repeat", "trial_task", ["trial_id", "repeat"], unique=True)
    op.execute(
        sa.text(
            "INSERT INTO trial (id, search_id, number, params, inactive, state, origin, platform, "
            "bracket, constraints, reason, epochs, cost, changed_seq, created_at, started_at, "
            "ended_at) "
            "SELECT old_trial.id, old_trial.search_id, old_trial.number, old_trial.params, "
            "'[]', 'running', 'sampler', coalesce(task.platform, ''), 0, '{}', '', 0, 0, 0, "
            "old_trial.created_at, task.started_at, task.ended_at "
            "FROM old_trial LEFT JOIN task ON task.id = old_trial.task_id"
        )
    )
    op.execute(
        sa.text(
            "INSERT INTO trial_task (task_id, trial_id, repeat, retries) "
            "SELECT task_id, id, 0, 0 FROM old_trial WHERE task_id IS NOT NULL"
        )
    )
    op.drop_table("old_trial")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            sa.text(
                "SELECT setval(pg_get_serial_sequence('trial', 'id'), "
                "coalesce((SELECT max(id) FROM trial), 0) + 1, false)"
            )
        )


SEARCH = sa.table(
    "search",
    sa.column("id", sa.Integer()),
    sa.column("spec", sa.JSON()),
    sa.column("last_seq", sa.Integer()),
    sa.column("changes", sa.Integer()),
    sa.column("num_trials", sa.Integer()),
    sa.column("is_closed", sa.Boolean()),
)
TRIAL = sa.table(
    "trial",
    sa.column("id", sa.Integer()),
    sa.column("search_id", sa.Integer()),
    sa.column("number", sa.Integer()),
    sa.column("params", sa.JSON()),
    sa.column("platform", sa.String()),
    sa.column("state", sa.String()),
    sa.column("changed_seq", sa.Integer()),
)
TRIAL_TASK = sa.table(
    "trial_task", sa.column("task_id", sa.Integer()), sa.column("trial_id", sa.Integer())
)
TASK = sa.table("task", sa.column("id", sa.Integer()), sa.column("status", sa.String()))
FACT = sa.table(
    "search_fact",
    sa.column("search_id", sa.Integer()),
    sa.column("seq", sa.Integer()),
    sa.column("kind", sa.String()),
    sa.column("number", sa.Integer()),
    sa.column("data", sa.JSON()),
    sa.column("created_at", sa.DateTime(timezone=True)),
)


def _tell_facts() -> None:
    """Of every search: what it varies, its points, and how its trials ended."""
    connection = op.get_bind()
    joined = TRIAL.outerjoin(TRIAL_TASK, TRIAL_TASK.c.trial_id == TRIAL.c.id).outerjoin(
        TASK, TASK.c.id == TRIAL_TASK.c.task_id
    )
    rows = connection.execute(
        sa.select(TRIAL, TASK.c.status).select_from(joined).order_by(TRIAL.c.number)
    )
    trials: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        trials[row.search_id].append(row)
    now = datetime.now(UTC)
    for search_id, spec in connection.execute(sa.select(SEARCH.c.id, SEARCH.c.spec)).all():
        facts = _facts_of(spec, trials[search_id])
        common = {"search_id": search_id, "created_at": now}
        rows_of_facts = [common | fact | {"seq": seq} for seq, fact in enumerate(facts, 1)]
        connection.execute(sa.insert(FACT), rows_of_facts)
        changes = {
            "last_seq": len(facts),
            "changes": len(facts),
            "num_trials": len(trials[search_id]),
            "is_closed": True,  # all its trials were started at once
        }
        connection.execute(sa.update(SEARCH).where(SEARCH.c.id == search_id).values(changes))
        for trial in trials[search_id]:
            connection.execute(
                sa.update(TRIAL)
                .where(TRIAL.c.id == trial.id)
                .values(state=_state_of(trial.status), changed_seq=len(facts))
            )


def _facts_of(spec: dict[str, Any], trials: list[Any]) -> list[dict[str, Any]]:
    facts: list[dict[str, Any]] = [{"kind": "revised", "number": None, "data": {"spec": spec}}]
    for trial in trials:
        data = {"values": trial.params, "origin": "sampler", "platform": trial.platform}
        facts.append({"kind": "asked", "number": trial.number, "data": data})
    for trial in trials:
        state = _state_of(trial.status)
        if state != "running":
            facts.append({"kind": "told", "number": trial.number, "data": {"state": state}})
    return facts


def _state_of(status: str | None) -> str:
    if status in ACTIVE:
        return "running"
    return STATES.get(status or "cancelled", "failed")
