"""Remember where remote tasks are."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Change the tables."""
    op.create_table(
        "abandoned_folder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_abandoned_folder")),
    )
    with op.batch_alter_table("abandoned_folder", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_abandoned_folder_platform"), ["platform"], unique=False
        )

    # No batch: it would make the tables anew, and without what keeps ids from being used twice.
    for table, column in (
        ("attempt", sa.Column("machine", sa.String(), server_default="", nullable=False)),
        (
            "attempt",
            sa.Column("is_automatic", sa.Boolean(), server_default=sa.false(), nullable=False),
        ),
        ("attempt", sa.Column("checkpoint_sent_at", sa.DateTime(timezone=True), nullable=True)),
        ("task", sa.Column("remote_path", sa.String(), nullable=True)),
        ("task", sa.Column("is_mirrored", sa.Boolean(), server_default=sa.true(), nullable=False)),
    ):
        op.add_column(table, column)
