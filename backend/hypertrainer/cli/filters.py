"""Which tasks: the API's filters as options, and ids as people type them."""

from dataclasses import dataclass
from typing import Annotated

import typer

MAX_IDS = 10_000

StatusOption = Annotated[
    list[str] | None, typer.Option("--status", "-s", help="Repeatable: running, crashed, …")
]
PlatformsOption = Annotated[list[str] | None, typer.Option("--platform", "-p", help="Repeatable.")]
ProjectsOption = Annotated[list[str] | None, typer.Option("--project", help="Repeatable.")]
TagsOption = Annotated[list[str] | None, typer.Option("--tag", "-t", help="Repeatable.")]
SearchOption = Annotated[
    list[int] | None, typer.Option("--search", help="The id of a search. Repeatable.")
]
WhereOption = Annotated[
    list[str] | None,
    typer.Option("--where", "-w", help="A comparison, as in params.lr<0.01. All must hold."),
]
ArchivedOption = Annotated[bool, typer.Option("--archived", help="Archived tasks instead.")]
TextOption = Annotated[str, typer.Option("--query", "-q", help="Text in the name, notes, …")]
IdsArgument = Annotated[list[str], typer.Argument(metavar="ID…", help="Ids; `3-7` is a range.")]


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """A filter, as the query of `GET /tasks`."""

    status: list[str] | None = None
    platform: list[str] | None = None
    project: list[str] | None = None
    tag: list[str] | None = None
    search_id: list[int] | None = None
    where: list[str] | None = None
    ids: list[int] | None = None
    archived: bool = False
    q: str = ""

    def params(self) -> dict[str, object]:
        given = {
            "status": self.status,
            "platform": self.platform,
            "project": self.project,
            "tag": self.tag,
            "search_id": self.search_id,
            "where": self.where,
            "ids": self.ids,
            "q": self.q or None,
            "archived": self.archived,
        }
        return {name: value for name, value in given.items() if value is not None}


def parse_ids(texts: list[str]) -> list[int]:
    """`["3", "#5", "7-9"]` → `[3, 5, 7, 8, 9]`.

    Raises:
        typer.BadParameter: something is no id, or there are too many.
    """
    ids: list[int] = []
    for text in texts:
        first, dash, last = text.replace("#", "").partition("-")
        if not first.isdecimal() or (dash and not last.isdecimal()):
            raise typer.BadParameter(f"`{text}` is neither an id like 12 nor a range like 3-7.")
        begin, end = int(first), int(last if dash else first) + 1
        if len(ids) + end - begin > MAX_IDS:
            raise typer.BadParameter(f"`{text}` are too many; at most {MAX_IDS:,} at once.")
        ids.extend(range(begin, end))
    if not ids:
        raise typer.BadParameter("No ids are left: a range goes from the smaller to the larger.")
    return list(dict.fromkeys(ids))
