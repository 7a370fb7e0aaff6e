"""What a machine at the other end has: the question, and what its answer means: pure."""

import re

from hypertrainer.platforms.gpus import LIST_GPUS, parse_gpus
from hypertrainer.platforms.machine import Machine

KIBIBYTE = 1024
MACHINE_SCRIPT = f"""
echo "cpus $(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN)"
while read -r ht_name ht_size _; do
  [[ $ht_name == MemTotal: ]] && echo "memory $ht_size" && break
done < /proc/meminfo
echo gpus
{LIST_GPUS}
"""


def parse_machine(output: str) -> Machine | None:
    """The machine; None where it does not say how many processors it has."""
    head, _, gpus = output.partition("\ngpus\n")
    cpus = re.search(r"^cpus (\d+)$", head, re.MULTILINE)
    memory = re.search(r"^memory (\d+)$", head, re.MULTILINE)
    if cpus is None:
        return None
    memory_bytes = int(memory[1]) * KIBIBYTE if memory else 0
    return Machine(int(cpus[1]), memory_bytes, parse_gpus(gpus))
