"""What HyperTrainer runs: reads a YAML file, writes a metric file, knows nothing else."""

import sys
from pathlib import Path

import yaml
from paced import paced, process_began

if __name__ == "__main__":
    config = yaml.safe_load(Path(sys.argv[1]).read_text())
    with Path("metric_loss.log").open("a", buffering=1) as file:
        for epoch, loss in paced(config, process_began()):
            file.write(f"{epoch}\t{loss}\n")
