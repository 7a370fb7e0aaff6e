"""The search in Syne Tune's local backend: run by `end_to_end.py` with the Python of its own.

`on_syne.py REQUEST` is the search; with options, as the backend starts it, the script of a trial.
"""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any


def train() -> None:
    """One trial, which is one of the points of the request."""
    from paced import paced, process_began
    from syne_tune import Reporter

    parser = argparse.ArgumentParser()
    parser.add_argument("--index", type=int, required=True)
    parser.add_argument("--request", type=Path, required=True)
    options, _ = parser.parse_known_args()
    request, report = json.loads(options.request.read_text()), Reporter()
    for epoch, loss in paced(request["points"][options.index] | request["fixed"], process_began()):
        report(epoch=epoch, loss=loss)


def search(path: Path) -> None:
    """Print the seconds of the start and of the search."""
    began = time.time()
    from syne_tune import StoppingCriterion, Tuner
    from syne_tune.backend import LocalBackend

    request = json.loads(path.read_text())
    backend, scheduler = LocalBackend(__file__, rotate_gpus=False), scheduler_of(path, request)
    tuner = Tuner(
        backend,
        scheduler,
        StoppingCriterion(max_num_trials_started=len(request["points"]) - 1),
        n_workers=request["workers"],
        sleep_time=0.1,  # by default 5 s, which would be unfair with trainings this short
        wait_trial_completion_when_stopping=True,
        start_jobs_without_delay=False,
        save_tuner=False,
    )
    started = time.time()
    tuner.run()
    print(json.dumps({"start": started - began, "search": time.time() - started}))


def scheduler_of(path: Path, request: dict[str, Any]) -> Any:
    """Its ASHA, with the points in their order."""
    from syne_tune.config_space import randint
    from syne_tune.optimizer.schedulers.asha import AsynchronousSuccessiveHalving

    points = [{"index": index} for index in range(len(request["points"]))]
    return AsynchronousSuccessiveHalving(
        config_space={"index": randint(0, len(points) - 1), "request": str(path)},
        metric="loss",
        time_attr="epoch",
        max_t=request["max_epochs"],
        grace_period=request["min_epochs"],
        reduction_factor=request["reduction_factor"],
        random_seed=0,
        searcher_kwargs={"points_to_evaluate": points},
    )


if __name__ == "__main__":
    if len(sys.argv) == 2:
        search(Path(sys.argv[1]))
    else:
        train()
