"""Create the tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Change the tables."""
    op.create_table(
        "search",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("algorithm", sa.String(), nullable=False),
        sa.Column("n_trials", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("script", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("notes", sa.String(), nullable=False),
        sa.Column("space", sa.JSON(), nullable=False),
        sa.Column("config_text", sa.String(), nullable=False),
        sa.Column("is_archived", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search")),
        sa.UniqueConstraint("uuid", name=op.f("uq_search_uuid")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("script", sa.String(), nullable=False),
        sa.Column("config", sa.String(), nullable=True),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("notes", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("exit_code", sa.Integer(), nullable=True),
        sa.Column("signal", sa.String(), nullable=True),
        sa.Column("is_archived", sa.Boolean(), nullable=False),
        sa.Column("host", sa.String(), nullable=True),
        sa.Column("job_id", sa.String(), nullable=True),
        sa.Column("output_path", sa.String(), nullable=False),
        sa.Column("search_id", sa.Integer(), nullable=True),
        sa.Column("cloned_from", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("launch", sa.JSON(), nullable=False),
        sa.Column("progress", sa.JSON(), nullable=True),
        sa.Column("unsaved_changes", sa.Integer(), nullable=False),
        sa.Column("is_environment_recorded", sa.Boolean(), nullable=False),
        sa.Column("is_output_collected", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
        sa.UniqueConstraint("uuid", name=op.f("uq_task_uuid")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.create_index("ix_task_archived_id", ["is_archived", "id"], unique=False)
        batch_op.create_index("ix_task_created", ["is_archived", "created_at", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_task_is_environment_recorded"), ["is_environment_recorded"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_task_is_output_collected"), ["is_output_collected"], unique=False
        )
        batch_op.create_index(
            "ix_task_list",
            ["is_archived", "status", "project", "platform", "search_id", "created_at"],
            unique=False,
        )
        batch_op.create_index("ix_task_search", ["search_id"], unique=False)
        batch_op.create_index("ix_task_status", ["status"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_task_unsaved_changes"), ["unsaved_changes"], unique=False
        )

    op.create_table(
        "attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=15), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("job_id", sa.String(), nullable=True),
        sa.Column("host", sa.String(), nullable=True),
        sa.Column("gpus", sa.JSON(), nullable=False),
        sa.Column("cpus", sa.Integer(), nullable=True),
        sa.Column("exit_code", sa.Integer(), nullable=True),
        sa.Column("signal", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("intent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stop_requested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stop_by", sa.String(), nullable=True),
        sa.Column("term_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("kill_after", sa.DateTime(timezone=True), nullable=True),
        sa.Column("kill_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("missing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("missing_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"], ["task.id"], name=op.f("fk_attempt_task_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
        sa.UniqueConstraint("key", name=op.f("uq_attempt_key")),
    )
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.create_index("ix_attempt_state", ["state"], unique=False)
        batch_op.create_index("uq_attempt_task_number", ["task_id", "number"], unique=True)

    op.create_table(
        "metric_summary",
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("is_classwise", sa.Boolean(), nullable=False),
        sa.Column("classes", sa.JSON(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first", sa.Float(), nullable=True),
        sa.Column("last", sa.Float(), nullable=True),
        sa.Column("min", sa.Float(), nullable=True),
        sa.Column("max", sa.Float(), nullable=True),
        sa.Column("min_epoch", sa.Float(), nullable=True),
        sa.Column("max_epoch", sa.Float(), nullable=True),
        sa.Column("bad_lines", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"], ["task.id"], name=op.f("fk_metric_summary_task_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("task_id", "name", name=op.f("pk_metric_summary")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("metric_summary", schema=None) as batch_op:
        batch_op.create_index("ix_metric_summary_last", ["name", "last", "task_id"], unique=False)
        batch_op.create_index("ix_metric_summary_max", ["name", "max", "task_id"], unique=False)
        batch_op.create_index("ix_metric_summary_min", ["name", "min", "task_id"], unique=False)

    op.create_table(
        "output_file",
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"], ["task.id"], name=op.f("fk_output_file_task_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("task_id", "name", name=op.f("pk_output_file")),
    )
    op.create_table(
        "task_param",
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("number", sa.Float(), nullable=True),
        sa.Column("text", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["task_id"], ["task.id"], name=op.f("fk_task_param_task_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("task_id", "path", name=op.f("pk_task_param")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("task_param", schema=None) as batch_op:
        batch_op.create_index(
            "ix_task_param_number", ["path", "number", "text", "task_id"], unique=False
        )
        batch_op.create_index("ix_task_param_text", ["path", "text", "task_id"], unique=False)

    op.create_table(
        "task_tag",
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"], ["task.id"], name=op.f("fk_task_tag_task_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("task_id", "tag", name=op.f("pk_task_tag")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("task_tag", schema=None) as batch_op:
        batch_op.create_index("ix_task_tag_tag", ["tag"], unique=False)

    op.create_table(
        "trial",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("search_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["search_id"], ["search.id"], name=op.f("fk_trial_search_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["task.id"], name=op.f("fk_trial_task_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trial")),
        sa.UniqueConstraint("task_id", name=op.f("uq_trial_task_id")),
    )
    with op.batch_alter_table("trial", schema=None) as batch_op:
        batch_op.create_index("uq_trial_search_number", ["search_id", "number"], unique=True)
