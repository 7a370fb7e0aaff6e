"""What may stand under a platform's name in platforms.yaml."""

import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)

from hypertrainer.platforms.base import Resources
from hypertrainer.platforms.resource_values import (
    DEFAULT_RESUMES,
    parse_resume_on,
    resources_of,
    why_wrong,
)
from hypertrainer.platforms.slots import SlotWishes
from hypertrainer.platforms.wrapper import VARIABLE_NAME

MAX_SLOTS = 10_000
MAX_GRACE_SECONDS = 86_400
MIN_POLL_SECONDS = 0.1
SLOTS = "How many tasks run at once; `gpus`: one per GPU."
GPUS = "How many GPUs tasks may have, or which."
PYTHON = "The Python for `.py` scripts."
DEVICE = re.compile(r"[A-Za-z0-9:/._-]+")


def _text(value: Any) -> Any:
    """A number, as written: `OMP_NUM_THREADS: 4` needs no quotes."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number else value


def _variable_name(name: str) -> str:
    if not VARIABLE_NAME.fullmatch(name):
        raise ValueError("letters, digits and _ only, and no digit first")
    return name


def _expanded(path: str) -> str:
    return str(Path(path).expanduser())


def _absolute(path: str) -> str:
    expanded = Path(path).expanduser()
    if not expanded.is_absolute():
        raise ValueError("write an absolute path, or one that begins with ~/")
    return str(expanded)


def _slots(value: Any) -> Any:
    is_count = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MAX_SLOTS
    if value is None or value == "gpus" or is_count:
        return value
    raise ValueError("write how many tasks may run at once, at least 1, or `gpus` for one per GPU")


def _gpus(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_device(item) for item in value)
    is_count = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    if value is None or is_count:
        return value
    raise ValueError("write how many GPUs tasks may have, or a list of them such as [0, 1]")


def _device(value: Any) -> str:
    device = str(value)
    if isinstance(value, int | str) and DEVICE.fullmatch(device):
        return device
    raise ValueError(f"`{value}` is no GPU; write it as CUDA_VISIBLE_DEVICES does, such as 0")


VariableName = Annotated[str, AfterValidator(_variable_name)]
VariableValue = Annotated[str, BeforeValidator(_text)]
SlotsWish = Annotated[int | Literal["gpus"] | None, BeforeValidator(_slots)]
GpusWish = Annotated[int | tuple[str, ...] | None, BeforeValidator(_gpus)]


class ResourceWishes(BaseModel):
    """The `resources:` of a platform, in the same words as those of a task."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    gpus: Any = None
    gpu_type: Any = None
    cpus: Any = None
    memory: Any = None
    time: Any = None
    nodes: Any = None
    partition: Any = None
    account: Any = None
    qos: Any = None
    constraint: Any = None
    raw: Any = None
    checkpoint: Any = None
    resume_on: Any = None
    resume_limit: Any = None

    @field_validator("*", mode="before")
    @classmethod
    def _right(cls, value: Any, info: ValidationInfo) -> Any:
        if remedy := why_wrong(info.field_name or "", value):
            raise ValueError(f"`{value}` cannot be read. {remedy}")
        return value


class PlaceSettings(BaseModel):
    """What may be decided of every place."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    setup: Annotated[
        tuple[str, ...],
        Field(
            description="Bash lines before each task, on the machine where it runs.",
            examples=[["module load python/3.11", "source ~/venv/bin/activate"]],
        ),
    ] = ()
    environment: Annotated[
        dict[VariableName, VariableValue],
        Field(description="Variables for each task.", examples=[{"OMP_NUM_THREADS": "4"}]),
    ] = {}
    resources: Annotated[
        ResourceWishes,
        WithJsonSchema({"type": "object"}),
        Field(
            description="What tasks ask for that do not say otherwise: the keys of `resources:`.",
            examples=[{"account": "def-alice", "time": "3:00:00"}],
        ),
    ] = ResourceWishes()
    grace: Annotated[
        int,
        Field(
            ge=0, le=MAX_GRACE_SECONDS, description="Seconds between TERM and KILL.", examples=[30]
        ),
    ] = 10

    @property
    def defaults(self) -> Resources:
        """What tasks ask for that do not say otherwise."""
        return resources_of(self.resources.model_dump())

    @property
    def resume_on(self) -> tuple[str, ...]:
        """The ends after which tasks are resumed that do not say otherwise."""
        return parse_resume_on(self.resources.resume_on or ()) or ()

    @property
    def resume_limit(self) -> int:
        """How often, that is."""
        limit: int = self.resources.resume_limit or DEFAULT_RESUMES
        return limit


class LocalSettings(PlaceSettings):
    """A machine without a queue of its own, where the server itself runs."""

    slots: Annotated[SlotsWish, Field(description=SLOTS, examples=[2, "gpus"])] = None
    gpus: Annotated[GpusWish, Field(description=GPUS, examples=[2, ["0", "1"]])] = None
    python: Annotated[
        Annotated[str, Field(min_length=1), AfterValidator(_expanded)] | None,
        Field(description=PYTHON, examples=["~/venv/bin/python"]),
    ] = None
    output: Annotated[
        Annotated[str, AfterValidator(_absolute)] | None,
        Field(description="The folder of the task folders.", examples=["/scratch/hypertrainer"]),
    ] = None
    poll: Annotated[
        float,
        Field(ge=MIN_POLL_SECONDS, description="Seconds between looks where nothing is told."),
    ] = 5.0

    @property
    def slot_wishes(self) -> SlotWishes:
        """The part that our own queue goes by."""
        return SlotWishes(self.slots, self.gpus)
