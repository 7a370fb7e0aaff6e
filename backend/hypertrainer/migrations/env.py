"""What Alembic runs. The connection is given by `upgrade.py` or `tools/migration`."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection, DateTime
from sqlmodel.sql.sqltypes import AutoString

from hypertrainer.database import UtcDateTime
from hypertrainer.migrations.metadata import metadata


def render(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write migrations in SQLAlchemy's own types: ours may change, a migration may not."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return repr(DateTime(timezone=True)).replace("DateTime", "sa.DateTime")
    if kind == "type" and isinstance(item, AutoString):
        return "sa.String()" if item.length is None else f"sa.String(length={item.length})"
    return False


def run(connection: Connection) -> None:
    """Run what Alembic was asked for on this connection, in its transaction."""
    context.configure(
        connection=connection,
        target_metadata=metadata(),
        render_as_batch=True,
        render_item=render,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
