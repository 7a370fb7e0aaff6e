"""Rebuilds the database from the tasks' folders, in the server's place."""

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typer
from rich.text import Text

from hypertrainer.cli.output import console, errors
from hypertrainer.cli.session import FAILED
from hypertrainer.cli.sole_use import sole_use
from hypertrainer.cli.starting import problems_told, read_settings, sole_server
from hypertrainer.database import Database
from hypertrainer.migrations import migrate
from hypertrainer.monitor.reindex import ReindexReport, reindex
from hypertrainer.settings import Settings


def rebuild(folders: Sequence[Path], *, as_json: bool, **options: Any) -> None:
    """Add every task that has a folder and no row; exits with 1 if a folder is unreadable."""
    settings = read_settings(options)
    with problems_told(), sole_server(settings):
        report = asyncio.run(_rebuild(settings, [settings.output, *folders]))
    if as_json:
        sys.stdout.write(json.dumps(asdict(report), indent=2) + "\n")
    else:
        console.print(f"{report.added} tasks added, {report.known} known already.")
        for folder in report.unreadable:
            errors.print(Text(f"Not readable as a task: {folder}", style="red"))
    if report.unreadable:
        raise typer.Exit(FAILED)


async def _rebuild(settings: Settings, roots: Sequence[Path]) -> ReindexReport:
    database = Database(settings.resolved_database_url)
    try:
        async with sole_use(database):
            await migrate(database)
            return await reindex(database, roots)
    finally:
        await database.close()
