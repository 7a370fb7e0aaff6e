"""A sweep of W&B that was pasted: not run, but shown as it is written here."""

from collections.abc import Iterator, Mapping
from math import exp
from typing import Any

from hypertrainer.hpsearch.spec_reader.notes import Block, finite
from hypertrainer.tasks.yaml_scalars import write_value

SIGNS = ("method", "metric", "parameters", "early_terminate")  # no keys of ours
METHODS = {"grid": "grid", "random": "random", "bayes": "tpe"}


def check_foreign(search: Block) -> None:
    """Note a pasted sweep, with its translation."""
    found = [key for key in SIGNS if key in search.values]
    if found:
        written = "\n".join(_translated(search.values))
        message = f"`{found[0]}` is of a W&B sweep. Here it is written:\n{written}"
        search.notes.wrong(search.at(found[0]), message, at_key=True)


def _translated(sweep: Mapping[str, Any]) -> Iterator[str]:
    yield "hpsearch:"
    method = sweep.get("method")
    algorithm = METHODS.get(method, "auto") if isinstance(method, str) else "auto"
    yield f"  algorithm: {algorithm}"
    runs = sweep.get("run_cap", sweep.get("n_trials"))
    if finite(runs) is not None:
        yield f"  n_trials: {write_value(runs)}"
    elif algorithm != "grid":
        yield "  n_trials: 50  # how many to run"
    yield from _objective(sweep.get("metric"))
    yield from _stopping(sweep.get("early_terminate"))
    parameters = sweep.get("parameters")
    yield "  params:"
    if isinstance(parameters, dict):
        yield from _parameters(parameters, "")


def _objective(metric: Any) -> Iterator[str]:
    if isinstance(metric, dict):
        goal = metric.get("goal")
        direction = goal if goal in ("minimize", "maximize") else "minimize"
        fields = {"metric": str(metric.get("name", "val_loss")), "direction": direction}
        if finite(metric.get("target")) is not None:
            fields["target"] = metric["target"]
        yield f"  objective: {write_value(fields)}"


def _stopping(rule: Any) -> Iterator[str]:
    if not isinstance(rule, dict):
        return
    first, last = finite(rule.get("min_iter")), finite(rule.get("max_iter"))
    factor = finite(rule.get("eta")) or 3
    fields: dict[str, Any] = {"rule": "asha"}
    if first is not None:
        fields["min_epochs"] = int(first)
    if last is None:
        last = (first or 1) * max(2, factor) ** (finite(rule.get("s")) or 3)
    fields |= {"max_epochs": int(min(last, 1e9)), "reduction_factor": max(2, int(factor))}
    yield f"  early_stopping: {write_value(fields)}"


def _parameters(parameters: Mapping[str, Any], prefix: str) -> Iterator[str]:
    for name, item in parameters.items():
        path = f"{prefix}{name}"
        if not isinstance(item, dict):
            yield f"    # {path}: write {{low: …, high: …}} or {{values: …}}"
        elif isinstance(item.get("parameters"), dict):
            yield from _parameters(item["parameters"], f"{path}.")
        elif "value" in item:
            yield f"    # {path} does not vary: set it in this file to {_safe(item['value'])}"
        elif (fields := _fields(item)) is None:
            yield f"    # {path}: there is no {str(item.get('distribution'))[:40]} here"
        else:
            yield f"    {write_value(path)}: {write_value(fields)}"


def _safe(value: Any) -> str:
    return write_value(value)[:100]


def _fields(item: Mapping[str, Any]) -> dict[str, Any] | None:
    if isinstance(item.get("values"), list):
        fields: dict[str, Any] = {"values": item["values"]}
        if isinstance(item.get("probabilities"), list):
            fields["probabilities"] = item["probabilities"]
        return fields
    kind = item.get("distribution")
    low, high = finite(item.get("min")), finite(item.get("max"))
    if isinstance(kind, str) and kind.removeprefix("q_") in ("normal", "log_normal"):
        return _prior(item, kind.removeprefix("q_"))
    if low is None or high is None:
        return None
    return _range(item, kind, low, high)


def _prior(item: Mapping[str, Any], kind: str) -> dict[str, Any]:
    name = "lognormal" if kind == "log_normal" else "normal"
    mean, std = finite(item.get("mu")), finite(item.get("sigma"))
    given = {"mean": 0.0 if mean is None else mean, "std": 1.0 if std is None else std}
    return {"type": "float", "distribution": name, **given}


def _range(item: Mapping[str, Any], kind: Any, low: float, high: float) -> dict[str, Any] | None:
    is_whole = isinstance(item.get("min"), int) and isinstance(item.get("max"), int)
    step = finite(item.get("q"))
    stepped = {} if step is None else {"step": step}
    match kind:
        case "int_uniform":
            return {"type": "int", "low": int(low), "high": int(high)}
        case None if is_whole:
            return {"type": "int", "low": int(low), "high": int(high)}
        case None | "uniform":
            return {"type": "float", "low": low, "high": high}
        case "q_uniform":
            return {"type": "float", "low": low, "high": high, **stepped}
        case "log_uniform_values" | "q_log_uniform_values":
            return {"type": "float", "low": low, "high": high, "log": True}
        case "log_uniform" | "q_log_uniform" if max(abs(low), abs(high)) < 700:
            ends = {"low": float(f"{exp(low):.6g}"), "high": float(f"{exp(high):.6g}")}
            return {"type": "float", **ends, "log": True}
    return None
