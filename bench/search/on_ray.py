"""The search in Ray Tune: run by `end_to_end.py` with the Python of Ray's own environment."""

import json
import sys
import time
from pathlib import Path
from typing import Any

REQUEST = Path(sys.argv[1])
CODE = Path(__file__).parent


def train(config: dict[str, Any]) -> None:
    """One trial. Its process was perhaps there before it: what came earlier is not its import."""
    began = time.time()
    sys.path.insert(0, config["code"])
    from paced import paced
    from ray import tune

    for _, loss in paced(config, began):
        tune.report({"loss": loss})


def main() -> None:
    """Print the seconds of the start and of the search."""
    began, request = time.time(), json.loads(REQUEST.read_text())
    import ray
    from ray import tune
    from ray.tune.schedulers import ASHAScheduler
    from ray.tune.search import BasicVariantGenerator

    ray.init(num_cpus=request["workers"], include_dashboard=False, logging_level="ERROR")
    started = time.time()
    points = [point | request["fixed"] | {"code": str(CODE)} for point in request["points"]]
    tune.Tuner(
        train,
        param_space=dict.fromkeys(points[0]),
        tune_config=tune.TuneConfig(
            metric="loss",
            mode="min",
            num_samples=len(points),
            search_alg=BasicVariantGenerator(points_to_evaluate=points),
            scheduler=ASHAScheduler(
                max_t=request["max_epochs"],
                grace_period=request["min_epochs"],
                reduction_factor=request["reduction_factor"],
            ),
        ),
        run_config=tune.RunConfig(storage_path=request["folder"], verbose=0),
    ).fit()
    print(json.dumps({"start": started - began, "search": time.time() - started}))
    ray.shutdown()


if __name__ == "__main__":
    main()
