"""A typed client of the REST API, for the command line and for scripts.

```python
with Client() as client:
    task = client.submit(TaskSubmit(config="mnist.yaml")).tasks[0]
    print(client.wait([task.id])[0].status)
```

Which server, and with which token: the arguments, else `HYPERTRAINER_URL` and `HYPERTRAINER_TOKEN`,
else what `hypertrainer serve` wrote into `$HYPERTRAINER_HOME`, else http://localhost:5000.
"""

import json
import time
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Literal
from urllib.parse import quote

from hypertrainer.client.address import find_server
from hypertrainer.client.connection import Connection, Params, ServerUnreachable
from hypertrainer.client.event_stream import StreamedEvent
from hypertrainer.client.searches import RETRY_SECONDS, SearchCalls
from hypertrainer.hpsearch.preview_schemas import TaskPreview
from hypertrainer.logs.schemas import LogList, LogSlice
from hypertrainer.pagination import Page
from hypertrainer.server.schemas import (
    CheckRead,
    DraftHostKeyAccept,
    FileContent,
    FileList,
    HealthRead,
    HostKeyAccept,
    PlatformCreate,
    PlatformDraft,
    PlatformList,
    PlatformRead,
    PlatformTypeList,
    PlatformUpdate,
)
from hypertrainer.tasks.schemas import (
    ActionResults,
    AttemptList,
    TaskClone,
    TaskRead,
    TaskSubmit,
    TaskSubmitted,
    TaskUpdate,
)

Action = Literal["cancel", "resume", "archive", "unarchive", "delete"]
ExportFormat = Literal["csv", "json", "yaml", "parquet"]


class Client(SearchCalls):
    """Talks to one server. Every method raises `ApiError` or `ServerUnreachable`."""

    def __init__(self, url: str | None = None, token: str | None = None) -> None:
        self.address = find_server(url, token)
        self._connection = Connection(self.address)

    def __enter__(self) -> "Client":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()

    def submit(self, request: TaskSubmit) -> TaskSubmitted:
        """Launch a task, or a search where the config has an `hpsearch:` section."""
        return self._connection.send("POST", "/tasks", TaskSubmitted, request)

    def preview(self, request: TaskSubmit, *, forecast: bool = False) -> TaskPreview:
        """What `submit` would launch, and the problems it would meet.

        With `forecast`, the platform's queue is asked too, for 15 seconds at most.
        """
        path = "/tasks/preview?forecast=true" if forecast else "/tasks/preview"
        return self._connection.send("POST", path, TaskPreview, request)

    def clone(self, task_id: int, request: TaskClone) -> TaskSubmitted:
        """Run a task again, edited; what is left out is the original's."""
        return self._connection.send("POST", f"/tasks/{task_id}/clone", TaskSubmitted, request)

    def list_tasks(
        self,
        filters: Params | None = None,
        *,
        sort: str = "-id",
        offset: int = 0,
        limit: int = 100,
    ) -> Page[TaskRead]:
        """One page of tasks. The filters are the API's: `{"status": ["running"], "q": "mnist"}`."""
        params = {**(filters or {}), "sort": sort, "offset": offset, "limit": limit}
        return self._connection.get("/tasks", Page[TaskRead], params)

    def get_task(self, task_id: int) -> TaskRead:
        return self._connection.get(f"/tasks/{task_id}", TaskRead)

    def update_task(self, task_id: int, request: TaskUpdate) -> TaskRead:
        """Change a task's name, project, tags or notes."""
        return self._connection.send("PATCH", f"/tasks/{task_id}", TaskRead, request)

    def act(self, action: Action, ids: Sequence[int]) -> ActionResults:
        """Cancel, resume, archive, unarchive or delete tasks; one that fails fails alone."""
        body = {"ids": list(ids)}
        return self._connection.send("POST", f"/tasks/{action}", ActionResults, body)

    def get_attempts(self, task_id: int) -> AttemptList:
        return self._connection.get(f"/tasks/{task_id}/attempts", AttemptList)

    def get_config(self, task_id: int) -> str:
        """The task's own `config.yaml`."""
        return self._connection.request("GET", f"/tasks/{task_id}/config").text

    def export(self, file_format: ExportFormat, filters: Params | None = None) -> Iterator[bytes]:
        """The filter's tasks with all parameters and metrics, piece by piece."""
        params = {**(filters or {}), "format": file_format}
        with self._connection.stream("/tasks/export", params) as answer:
            yield from answer.iter_bytes()

    def watch(self, ids: Sequence[int], *, patience: float = 60.0) -> Iterator[list[TaskRead]]:
        """The tasks now, and again at every change, until all have ended.

        Outlives a restart of the server that takes less than `patience` seconds.
        """
        give_up_at = time.monotonic() + patience
        while True:
            try:
                for tasks in self._watch_once(ids):
                    give_up_at = time.monotonic() + patience
                    yield tasks
                    if not any(task.status.is_active for task in tasks):
                        return
            except ServerUnreachable:
                if time.monotonic() > give_up_at:
                    raise
            time.sleep(RETRY_SECONDS)

    def _watch_once(self, ids: Sequence[int]) -> Iterator[list[TaskRead]]:
        with self._connection.events("/events") as events:
            tasks = {task_id: self.get_task(task_id) for task_id in ids}
            yield list(tasks.values())
            for event in events:
                if event.kind == "invalidate":
                    tasks = {task_id: self.get_task(task_id) for task_id in ids}
                rows = json.loads(event.data) if event.kind == "tasks" else []
                mine = [row for row in rows if row["id"] in tasks]
                for row in mine:
                    old = tasks[row["id"]].model_dump()
                    tasks[row["id"]] = TaskRead.model_validate({**old, **row})
                if mine or event.kind == "invalidate":
                    yield list(tasks.values())

    def wait(self, ids: Sequence[int], *, patience: float = 60.0) -> list[TaskRead]:
        """Wait until all these tasks have ended, and return them."""
        *_, last = self.watch(ids, patience=patience)
        return last

    def list_logs(self, task_id: int) -> LogList:
        return self._connection.get(f"/logs/{task_id}", LogList)

    def read_log(
        self, task_id: int, name: str, *, offset: int = 0, limit: int = 1_048_576
    ) -> LogSlice:
        """A piece of a log, in bytes; a negative offset counts from the end."""
        params = {"offset": offset, "limit": limit}
        return self._connection.get(f"/logs/{task_id}/{name}", LogSlice, params)

    def follow_log(self, task_id: int, name: str, *, offset: int = 0) -> Iterator[LogSlice]:
        """What stands after `offset`, and what is appended, until the server stops."""
        path = f"/logs/{task_id}/{name}/stream"
        with self._connection.events(path, {"offset": offset}) as events:
            for event in events:
                yield LogSlice.model_validate_json(event.data)

    def list_platforms(self) -> PlatformList:
        return self._connection.get("/platforms", PlatformList)

    def list_platform_types(self) -> PlatformTypeList:
        """The types there are, with the JSON Schema of what each takes."""
        return self._connection.get("/platforms/types", PlatformTypeList)

    def get_platform(self, name: str) -> PlatformRead:
        return self._connection.get(_platform(name), PlatformRead)

    def add_platform(self, request: PlatformCreate) -> PlatformRead:
        """Add a platform to platforms.yaml."""
        return self._connection.send("POST", "/platforms", PlatformRead, request)

    def change_platform(self, name: str, request: PlatformUpdate) -> PlatformRead:
        """Describe a platform anew: all settings that it is to have."""
        return self._connection.send("PUT", _platform(name), PlatformRead, request)

    def remove_platform(self, name: str) -> None:
        """Take a platform out of platforms.yaml; it may have no active tasks."""
        self._connection.request("DELETE", _platform(name))

    def check_platform(self, name: str) -> PlatformRead:
        """Look at a platform now."""
        return self._connection.send("POST", _platform(name, "check"), PlatformRead)

    def check_platform_draft(self, request: PlatformDraft) -> CheckRead:
        """Look at a place that is not in platforms.yaml, for 30 seconds at most."""
        return self._connection.send("POST", "/platforms/check", CheckRead, request)

    def accept_host_key(self, name: str, fingerprint: str) -> PlatformRead:
        """Accept the host key that a check has shown within the last hour, and look again."""
        body = HostKeyAccept(fingerprint=fingerprint)
        return self._connection.send("POST", _platform(name, "host-key"), PlatformRead, body)

    def accept_draft_host_key(self, request: DraftHostKeyAccept) -> None:
        """Accept the host key that a check of these settings has shown within the last hour."""
        body = request.model_dump(mode="json")
        self._connection.request("POST", "/platforms/host-key", json=body)

    def list_files(self, kind: Literal["script", "config"], q: str = "") -> FileList:
        """What $HYPERTRAINER_PATH holds."""
        return self._connection.get("/files", FileList, {"kind": kind, "q": q})

    def read_file(self, path: str) -> FileContent:
        """The text of a config on $HYPERTRAINER_PATH."""
        return self._connection.get("/files/content", FileContent, {"path": path})

    def health(self) -> HealthRead:
        return self._connection.get("/health", HealthRead)

    def events(self) -> Iterator[StreamedEvent]:
        """What changes, as it changes, until the server stops."""
        with self._connection.events("/events") as events:
            yield from events


def _platform(name: str, *rest: str) -> str:
    return "/".join(("/platforms", quote(name, safe=""), *rest))
