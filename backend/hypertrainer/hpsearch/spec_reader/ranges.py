"""Parameters with a range of numbers."""

from decimal import Decimal
from math import isfinite, log
from statistics import NormalDist
from typing import Any

from hypertrainer.hpsearch.spec_reader import keys
from hypertrainer.hpsearch.spec_reader.parameter_block import ParameterBlock
from hypertrainer.tasks.launch_keys import shown
from hypertrainer.tasks.yaml_scalars import write_value

BOUNDS = (("low", "high"), ("lo", "hi"), ("min", "max"))
ORIGINAL = ("lo", "hi")
LARGEST_WHOLE = 2**53
MAX_COUNT = 100_000
LEAST_MASS = 1e-9  # of a prior between its bounds: less cannot be drawn from
Fields = dict[str, Any]


def read_range(block: ParameterBlock) -> Fields | None:
    """The fields of a parameter with a range; None where they cannot be read."""
    before = len(block.notes.problems)
    fields = _read(block)
    return fields if len(block.notes.problems) == before else None


def _read(block: ParameterBlock) -> Fields:
    if block.has("probabilities"):
        block.wrong("probabilities", "`probabilities` belong to `values`, not to a range.")
    if len(block.named) > 1:
        block.wrong(None, "Paths that vary together need `values`, a list of rows.")
        return {}
    names = _bound_names(block)
    kind = _kind(block, names)
    distribution = block.word("distribution", keys.DISTRIBUTIONS) or "uniform"
    if names is None:
        return {}
    low, high = block.number(names[0]), block.number(names[1])
    is_prior = distribution != "uniform"
    _demand_bounds(block, names, is_optional=is_prior)
    if block.has("exponent_base"):
        low, high = _raised(block, names, low, high)
    fields: Fields = {"type": kind, "low": low, "high": high}
    fields |= _steps(block, kind, names, low, high)
    fields |= _logarithm(block, names, low, high)
    if low is not None and high is not None:
        _check_order(block, names, low, high)
    if kind == "int":
        _check_whole(block, names, fields)
    return fields | _prior(block, distribution, low, high)


def _bound_names(block: ParameterBlock) -> tuple[str, str] | None:
    used = [pair for pair in BOUNDS if any(block.has(key) for key in pair)]
    if len(used) > 1:
        written = [key for key in block.values if any(key in pair for pair in used)]
        mixed = " and ".join(f"`{key}`" for key in written)
        block.wrong(None, f"It mixes {mixed}. Write `low` and `high`.")
        return None
    return used[0] if used else BOUNDS[0]


def _kind(block: ParameterBlock, names: tuple[str, str] | None) -> str:
    kind = block.values.get("type")
    if kind in ("int", "float"):
        return str(kind)
    if kind in ("categorical", "ordinal"):
        block.wrong("type", f"`type: {kind}` needs `values: [...]`.")
    elif kind is not None:
        known = ", ".join(keys.TYPES)
        block.wrong("type", f"`type` is {shown(kind)}. Write one of: {known}.")
    elif any(isinstance(base, int) and not isinstance(base, bool) for base in block.bases):
        value = next(iter(block.bases))
        message = f"The value in this file is the integer {value}, but the range has no type."
        if names == ORIGINAL:
            block.notes.warn(block.path, f"{message} It becomes a float; write `type: int` if not.")
        else:
            block.wrong(None, f"{message} Write `type: int` or `type: float`.")
    return "float"


def _demand_bounds(block: ParameterBlock, names: tuple[str, str], *, is_optional: bool) -> None:
    missing = [name for name in names if not block.has(name)]
    if is_optional or not missing:
        return
    if len(missing) == 2:
        block.wrong(None, "It needs `values: [...]` or `low` and `high`.")
    else:
        block.wrong(None, f"`{missing[0]}` is missing. Write both bounds.")


def _raised(
    block: ParameterBlock, names: tuple[str, str], low: float | None, high: float | None
) -> tuple[float | None, float | None]:
    """The ends of b ** low to b ** high, the smaller first."""
    base = block.number("exponent_base")
    if base is None:
        return None, None
    if base <= 0 or base == 1:
        message = f"`exponent_base` is {shown(block.values['exponent_base'])}."
        block.wrong("exponent_base", f"{message} It must be above 0 and not 1; write 10.")
        return None, None
    if low is not None and high is not None:
        _check_order(block, names, low, high)
    ends = [_power(block, base, name, end) for name, end in zip(names, (low, high), strict=True)]
    known = [end for end in ends if end is not None]
    return (min(known), max(known)) if len(known) == 2 and known[0] != known[1] else (None, None)


def _power(block: ParameterBlock, base: float, name: str, exponent: float | None) -> float | None:
    if exponent is None:
        return None
    try:
        power = float(base**exponent)
    except OverflowError:
        power = 0.0
    if 0 < power < float("inf"):
        return power
    message = f"{base:g} ** {block.values[name]} is no number above 0 that a computer can hold."
    block.wrong(name, f"{message} `{name}` is the exponent; write -4 for 0.0001.")
    return None


def _check_order(block: ParameterBlock, names: tuple[str, str], low: float, high: float) -> None:
    written = [block.values[name] for name in names]
    if low >= high:
        message = f"`{names[0]}` ({written[0]}) must be below `{names[1]}` ({written[1]})."
        block.wrong(names[0], message)
    elif not isfinite(high - low):
        block.wrong(names[0], "The range is wider than a number can be. Narrow it.")


def _logarithm(
    block: ParameterBlock, names: tuple[str, str], low: float | None, high: float | None
) -> Fields:
    is_log = block.flag("log")
    if block.has("exponent_base"):
        if is_log is not None:
            message = "`exponent_base` already means a logarithmic range; remove `log`."
            block.wrong("log", message)
        return {"log": True}
    if is_log and low is not None and low <= 0:
        written = block.values[names[0]]
        example = write_value(10.0**-6 if high is None or high > 1e-6 else high / 1000)
        message = f"`log: true` needs `{names[0]}` above 0, it is {written}."
        block.wrong("log", f"{message} Use e.g. {names[0]}: {example}.")
    return {"log": bool(is_log)}


def _steps(
    block: ParameterBlock,
    kind: str,
    names: tuple[str, str],
    low: float | None,
    high: float | None,
) -> Fields:
    step, count = block.number("step", above=0), block.whole("count", 1, MAX_COUNT)
    if step is None:
        return {"count": count}
    if count is not None:
        block.wrong("count", "Choose one of `step` and `count`.")
    other = next((key for key in ("log", "exponent_base") if block.values.get(key)), None)
    if other is not None:
        block.wrong("step", f"Choose one of `step` and `{other}`.")
        return {}
    if low is None or high is None or low >= high:
        return {"step": step}
    if kind == "int" and step != int(step):
        return {"step": step}
    return {"step": step, "high": _last_step(block, names, (low, high, step))}


def _last_step(
    block: ParameterBlock, names: tuple[str, str], numbers: tuple[float, float, float]
) -> float:
    """The last value that steps come to; other than `high`, it is noted."""
    low, high, step = (Decimal(repr(number)) for number in numbers)
    last = low + (high - low) // step * step
    if last == low:
        block.wrong("step", f"`step` ({step}) is wider than the range. Make it smaller.")
    elif last != high:
        values = ", ".join(
            f"{low + index * step}" for index in range(3) if low + index * step < last
        )
        message = f"{high} is not reachable from {low} in steps of {step} ({values}, … {last})"
        message = f"{message}; the last value will be {last}."
        block.notes.warn(block.at("step"), f"{message} Change `{names[1]}` or `step`.")
    return float(last)


def _check_whole(block: ParameterBlock, names: tuple[str, str], fields: Fields) -> None:
    for key, name in (("low", names[0]), ("high", names[1]), ("step", "step")):
        number = fields.get(key)
        if number is not None and number != int(number):
            written = f"`{name}` is {block.values.get(name)}"
            if block.has("exponent_base"):
                written = (
                    f"{block.values['exponent_base']} ** {block.values.get(name)} is {number:g}"
                )
            block.wrong(name, f"{written}; with `type: int` it must be a whole number.")
        elif number is not None and abs(number) > LARGEST_WHOLE:
            block.wrong(name, f"`{name}` is beyond {LARGEST_WHOLE:,}. Narrow the range.")


def _prior(
    block: ParameterBlock, distribution: str, low: float | None, high: float | None
) -> Fields:
    if distribution == "uniform":
        for key in ("mean", "std"):
            if block.has(key):
                message = f"`{key}` needs `distribution: normal` or `distribution: lognormal`."
                block.wrong(key, message)
        return {}
    for key in ("log", "exponent_base"):
        if block.values.get(key):
            message = f"`{key}` is for uniform ranges; for this write `distribution: lognormal`."
            block.wrong(key, message)
    mean, std = block.number("mean"), block.number("std", above=0)
    if not (block.has("mean") and block.has("std")):
        block.wrong(None, f"`distribution: {distribution}` needs `mean` and `std`.")
    if mean is not None and std is not None:
        _check_mass(block, NormalDist(mean, std), distribution, (low, high))
    return {"distribution": distribution, "mean": mean, "std": std}


def _check_mass(
    block: ParameterBlock,
    normal: NormalDist,
    distribution: str,
    bounds: tuple[float | None, float | None],
) -> None:
    low, high = bounds
    if distribution == "lognormal":
        if high is not None and high <= 0:
            block.wrong(None, "A lognormal value is above 0; so must `high` be.")
            return
        low = None if low is None or low <= 0 else log(low)
        high = None if high is None else log(high)
    mass = (1.0 if high is None else normal.cdf(high)) - (0.0 if low is None else normal.cdf(low))
    if mass < LEAST_MASS and not (low is not None and high is not None and low >= high):
        message = "Hardly any value of this distribution lies within `low` and `high`."
        block.wrong(None, f"{message} Move them, or `mean` and `std`.")
