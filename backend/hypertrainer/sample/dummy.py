"""Behaves like a training script and trains nothing: `python dummy.py CONFIG.yaml`.

It knows nothing of HyperTrainer. It reads one YAML file and writes text files, that is all; copy
what you like of it. `training.learning_rate` really matters: the best is 0.003.
"""

from __future__ import annotations

import json
import math
import random
import signal
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

GREEN, YELLOW, FAINT, PLAIN = "\033[32m", "\033[33m", "\033[2m", "\033[0m"
BEST_LEARNING_RATE = 0.003
PHASES = (("train", 1.0), ("val", 0.25))  # the part of the iterations that each one takes


def main() -> None:
    """Run all epochs that are not done yet."""
    signal.signal(signal.SIGTERM, stop)
    config = read_config(Path(sys.argv[1]))
    # HyperTrainer writes this key; without it, as when run by hand, files go to where we are.
    output = Path(config.get("output_path", "."))
    training = config["training"]
    first, last = epochs_done(output), int(training["num_epochs"])
    if first:
        say(YELLOW, f"Resumed: {first} of {last} epochs are done already.")
    say(FAINT, f"Training with {json.dumps(training)}")
    for epoch in range(first, last):
        run_epoch(output, training, epoch)
    say(GREEN, f"Done: {last} epochs.")


def stop(number: int, _frame: object) -> None:
    """What to do when we are told to stop: here, just end. Checkpoints are always whole."""
    say(YELLOW, "\nStopping; resume to go on with this epoch.")
    raise SystemExit(128 + number)


def run_epoch(output: Path, training: dict[str, Any], epoch: int) -> None:
    """Train, validate, write the metrics, save a checkpoint."""
    if epoch == training.get("fail_at_epoch"):
        raise RuntimeError(f"epoch {epoch} fails, because `fail_at_epoch` says so")
    for phase, part in PHASES:
        run_phase(output, training, epoch, phase, max(1, round(training["iterations"] * part)))
    metrics = evaluate(training, epoch)
    for name, value in metrics.items():
        append(output / f"metric_{name}.log", epoch, f"{value:.6f}")
    for label, value in evaluate_classes(training, epoch, metrics["accuracy"]):
        append(output / "metric_classwise_accuracy.log", epoch, label, f"{value:.6f}")
    save_checkpoint(output, epoch + 1)
    say(GREEN, f"Epoch {epoch}: " + ", ".join(f"{k} {v:.4f}" for k, v in metrics.items()))


def run_phase(
    output: Path, training: dict[str, Any], epoch: int, phase: str, iterations: int
) -> None:
    """One phase of one epoch, each iteration with a line in `progress.log`."""
    for iteration in range(iterations):
        time.sleep(float(training["seconds_per_iteration"]))
        append(output / "progress.log", epoch, phase, iteration, iterations, time.time())
        draw_bar(f"Epoch {epoch} {phase:5}", iteration + 1, iterations)


def evaluate(training: dict[str, Any], epoch: int) -> dict[str, float]:
    """The metrics after an epoch: better with time, and with the learning rate near its best."""
    # PyYAML reads `1e-3` as text (YAML 1.1), so a float is made of it here.
    rate = float(training["learning_rate"])
    decades = math.log10(rate / BEST_LEARNING_RATE)
    noise = random.Random(f"{training.get('seed', 0)} {epoch}").gauss(0, 0.02)
    final = 0.1 + 0.3 * decades**2 / (1 + decades**2)
    speed = 0.25 * math.exp(-(decades**2))
    loss = final + 2 * math.exp(-speed * (epoch + 1))
    if rate > 0.3:  # too fast: it diverges
        loss = 2.3 * 1.1**epoch
    return {
        "loss": loss * (1 + noise),
        "train_loss": loss * (0.9 + noise / 2),
        "accuracy": min(math.exp(-loss * (1 - noise)), 1.0),
    }


def evaluate_classes(
    training: dict[str, Any], epoch: int, accuracy: float
) -> Iterator[tuple[str, float]]:
    """The accuracy by class; some are harder than others."""
    draw = random.Random(f"{training.get('seed', 0)} {epoch} classes")
    for number, label in enumerate(training.get("classes", [])):
        yield label, accuracy ** (1 + number / 2) * draw.uniform(0.97, 1.0)


def append(log: Path, *fields: object) -> None:
    """Add a line, tab-separated, and close the file: whoever reads it sees whole lines."""
    with log.open("a", encoding="utf-8") as file:
        print(*fields, sep="\t", file=file)


def epochs_done(output: Path) -> int:
    """How many epochs an earlier run in this folder has finished."""
    checkpoint = output / "checkpoint.json"
    return int(json.loads(checkpoint.read_text())["epochs_done"]) if checkpoint.exists() else 0


def save_checkpoint(output: Path, epochs: int) -> None:
    """Write a checkpoint whole or not at all: to another name first, then renamed."""
    draft = output / "checkpoint.json.tmp"
    draft.write_text(json.dumps({"epochs_done": epochs}))
    draft.replace(output / "checkpoint.json")


def say(colour: str, text: str) -> None:
    """Print a line in colour."""
    print(f"{colour}{text}{PLAIN}", flush=True)


def draw_bar(title: str, done: int, total: int) -> None:
    """A progress bar that draws over itself, and a new line when it is full."""
    filled = 30 * done // total
    bar = "#" * filled + "." * (30 - filled)
    print(f"\r{title} {bar} {done}/{total}", end="\n" if done == total else "", flush=True)


# --- reading YAML -------------------------------------------------------------------------------
# With PyYAML, `yaml.safe_load(text)` is all you need. The rest is here so that this sample runs
# in any Python.


def read_config(path: Path) -> dict[str, Any]:
    """The config, by whichever YAML library there is, or by ourselves."""
    text = path.read_text(encoding="utf-8")
    for read in (read_with_pyyaml, read_with_ruamel):
        try:
            return read(text)
        except ImportError:
            continue
    return read_simple_yaml(text)


def read_with_pyyaml(text: str) -> dict[str, Any]:
    """Raises ImportError without PyYAML."""
    return dict(import_module("yaml").safe_load(text))


def read_with_ruamel(text: str) -> dict[str, Any]:
    """Raises ImportError without ruamel.yaml."""
    return dict(import_module("ruamel.yaml").YAML(typ="safe", pure=True).load(text))


def read_simple_yaml(text: str) -> dict[str, Any]:
    """Sections and `key: value` lines; lists only as `[a, b]`. Anything else is passed over."""
    root: dict[str, Any] = {}
    open_sections = [(-1, root)]
    for line in text.splitlines():
        stripped = line.strip()
        key, colon, value = stripped.partition(":")
        if not colon or stripped[0] in "#-":
            continue
        indent = len(line) - len(line.lstrip())
        while open_sections[-1][0] >= indent:
            open_sections.pop()
        section = open_sections[-1][1]
        if value.strip() and not value.strip().startswith("#"):
            section[key] = read_value(value.strip())
        else:
            section[key] = {}
            open_sections.append((indent, section[key]))
    return root


def read_value(text: str) -> Any:
    """A number, true, false, null, a list in brackets, or text; a comment behind it is dropped."""
    if text[0] == '"':
        return json.JSONDecoder().raw_decode(text)[0]
    if text[0] == "'":
        return text[1:].partition("'")[0]
    text = text.partition(" #")[0].strip()
    if text[0] == "[":
        return [read_value(item.strip()) for item in text.strip("[]").split(",") if item.strip()]
    try:
        return json.loads(text)
    except ValueError:
        return {"~": None, "True": True, "False": False}.get(text, text)


if __name__ == "__main__":
    main()
