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

    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.add_column(sa.Column("machine", sa.String(), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column("is_automatic", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(
            sa.Column("checkpoint_sent_at", sa.DateTime(timezone=True), nullable=True)
        )

    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.add_column(sa.Column("remote_path", sa.String(), nullable=True))
        batch_op.add_column(
            sa.Column("is_mirrored", sa.Boolean(), server_default=sa.true(), nullable=False)
        )
