"""`when:` and `same_as:`, which name other parameters: checked once all of them are known."""

from collections.abc import Mapping, Sequence
from typing import Any

from hypertrainer.hpsearch.samplers.axes import is_same
from hypertrainer.hpsearch.spec import Condition, Parameter, parameters_in_order
from hypertrainer.hpsearch.spec_reader import keys
from hypertrainer.hpsearch.spec_reader.notes import Block, finite, is_number
from hypertrainer.hpsearch.spec_reader.parameter_block import ParameterBlock
from hypertrainer.tasks.launch_keys import shown

Found = tuple[ParameterBlock, Parameter]
EXAMPLE = "{optimizer.name: sgd}"


def add_conditions(search: Block, found: Sequence[Found]) -> list[Parameter]:
    """The parameters with their conditions; what is wrong with these is noted."""
    owners = {path: one for _, one in found for path in one.paths}
    named = _named_paths(search)
    params = []
    for block, parameter in found:
        conditions = _conditions(block, parameter, owners, named)
        _check_source(block, parameter, owners, named)
        params.append(parameter.model_copy(update={"when": tuple(conditions)}))
    _check_circles(found, params)
    return params


def _named_paths(search: Block) -> set[str]:
    """All paths that are searched, those of parameters that cannot be read too."""
    params = search.values.get("params")
    if isinstance(params, dict):
        return set(params)
    items = [item for item in params if isinstance(item, dict)] if isinstance(params, list) else []
    zipped = [item["params"] for item in items if isinstance(item.get("params"), list)]
    return {str(item.get("param")) for item in items} | {str(one) for row in zipped for one in row}


def _conditions(
    block: ParameterBlock, parameter: Parameter, owners: Mapping[str, Parameter], named: set[str]
) -> list[Condition]:
    when = block.section("when", EXAMPLE)
    conditions = []
    for path, wanted in when.values.items() if when else ():
        at = block.at(f"when.{path}")
        if path in parameter.paths:
            block.notes.wrong(at, f"`{path}` cannot depend on itself.", at_key=True)
        elif path not in named:
            message = f"`when` refers to `{path}`, which is not searched."
            block.notes.wrong(at, f"{message} Search it, or remove the condition.", at_key=True)
        elif parent := _source(path, owners):
            condition = _condition(block, at, path, parent, wanted)
            conditions += [condition] if condition else []
    return conditions


def _source(path: str, owners: Mapping[str, Parameter]) -> tuple[Parameter, int] | None:
    """What sets a path, and which of its paths it is; of a copied one, what sets the original."""
    seen: set[str] = set()
    while path in owners and path not in seen:
        seen.add(path)
        owner = owners[path]
        if owner.same_as is None:
            return owner, owner.paths.index(path)
        path = owner.same_as
    return None


def _condition(
    block: ParameterBlock, at: str, path: str, parent: tuple[Parameter, int], wanted: Any
) -> Condition | None:
    if isinstance(wanted, dict):
        return _range_condition(block, at, path, parent, wanted)
    values = wanted if isinstance(wanted, list) else [wanted]
    possible = [found for one in values if (found := _possible(parent, one)) is not None]
    if not possible:
        never = ", ".join(shown(one) for one in values) or "one of an empty list"
        message = f"`{path}` {_described(parent)}; it is never {never}"
        block.notes.wrong(at, f"{message}, so this parameter would never be used.")
        return None
    return Condition(path=path, values=tuple(one[0] for one in possible))


def _possible(parent: tuple[Parameter, int], value: Any) -> tuple[Any] | None:
    """The value as the parent has it; None where it never does."""
    owner, column = parent
    if owner.is_choice:
        found = [one for one in _candidates(owner, column) if is_same(one, value)]
        return (found[0],) if found else None
    number = finite(value) if is_number(value) else None
    if number is None or not _is_inside(owner, number, number):
        return None
    if owner.type == "int":
        return (int(number),) if number == int(number) else None
    return (number,)


def _range_condition(
    block: ParameterBlock, at: str, path: str, parent: tuple[Parameter, int], wanted: dict[str, Any]
) -> Condition | None:
    part = Block(block.notes, at, wanted)
    part.check_keys(keys.CONDITION)
    low, high = part.number("low"), part.number("high")
    if low is None and high is None:
        if not (part.has("low") or part.has("high")):
            part.wrong(None, "Write a value, a list of values, or {low: …, high: …}.")
        return None
    owner, column = parent
    candidates = [one for one in _candidates(owner, column) if is_number(one)]
    ends = (float("-inf") if low is None else low, float("inf") if high is None else high)
    is_met = (
        any(ends[0] <= one <= ends[1] for one in candidates)
        if owner.is_choice
        else _is_inside(owner, *ends)
    )
    if not is_met or ends[0] > ends[1]:
        message = f"`{path}` {_described(parent)}; it never lies between these"
        part.wrong(None, f"{message}, so this parameter would never be used.")
        return None
    return Condition(path=path, low=low, high=high)


def _is_inside(owner: Parameter, low: float, high: float) -> bool:
    """Whether a range has values from `low` to `high`."""
    below = owner.low is not None and high < owner.low
    return not below and not (owner.high is not None and low > owner.high)


def _candidates(owner: Parameter, column: int) -> list[Any]:
    return [row[column] if owner.is_zipped else row for row in owner.values]


def _described(parent: tuple[Parameter, int]) -> str:
    owner, column = parent
    if owner.is_choice:
        return "can be " + ", ".join(str(one) for one in _candidates(owner, column)[:20])
    low = "any number" if owner.low is None else f"{owner.low:g}"
    high = "any number" if owner.high is None else f"{owner.high:g}"
    return f"lies between {low} and {high}"


def _check_source(
    block: ParameterBlock, parameter: Parameter, owners: Mapping[str, Parameter], named: set[str]
) -> None:
    source = parameter.same_as
    if source is None:
        return
    if source in parameter.paths:
        block.wrong("same_as", f"`{source}` cannot copy itself.")
    elif source not in named:
        message = f"`same_as` refers to `{source}`, which is not searched."
        block.wrong("same_as", f"{message} Name a path of `params`.")
    elif source in owners and owners[source].type == "same" and _source(source, owners):
        original = owners[source].same_as
        block.wrong("same_as", f"`{source}` is a copy itself. Write `same_as: {original}`.")


def _check_circles(found: Sequence[Found], params: Sequence[Parameter]) -> None:
    try:
        parameters_in_order(params)
    except ValueError as error:
        message = str(error)
        block = next(one for one, parameter in found if f"`{parameter.path}`" in message)
        block.wrong(None, f"{message}. Remove a `when` or `same_as` of theirs.")
