"""What may stand under a platform's name in platforms.yaml."""

import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from hypertrainer.platforms.slots import SlotWishes
from hypertrainer.platforms.wrapper import VARIABLE_NAME

MAX_SLOTS = 10_000
MAX_GRACE_SECONDS = 86_400
MIN_POLL_SECONDS = 0.1
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


class LocalSettings(BaseModel):
    """A machine without a queue of its own, where the server itself runs."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    slots: Annotated[int | Literal["gpus"] | None, BeforeValidator(_slots)] = None
    gpus: Annotated[int | tuple[str, ...] | None, BeforeValidator(_gpus)] = None
    python: Annotated[str, Field(min_length=1), AfterValidator(_expanded)] | None = None
    setup: tuple[str, ...] = ()
    environment: dict[VariableName, VariableValue] = {}
    output: Annotated[str, AfterValidator(_absolute)] | None = None
    grace: Annotated[int, Field(ge=0, le=MAX_GRACE_SECONDS)] = 10
    poll: Annotated[float, Field(ge=MIN_POLL_SECONDS)] = 5.0

    @property
    def slot_wishes(self) -> SlotWishes:
        """The part that our own queue goes by."""
        return SlotWishes(self.slots, self.gpus)
