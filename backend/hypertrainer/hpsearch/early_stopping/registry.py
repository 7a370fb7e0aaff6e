"""Which function stands for which rule. A new one is a file beside this and a line here."""

from collections.abc import Mapping

from hypertrainer.hpsearch.early_stopping.asha import asha
from hypertrainer.hpsearch.early_stopping.base import Rule
from hypertrainer.hpsearch.early_stopping.median import median
from hypertrainer.hpsearch.early_stopping.patience import patience
from hypertrainer.hpsearch.early_stopping.threshold import threshold

RULES: Mapping[str, Rule] = {
    "asha": asha,
    "hyperband": asha,  # the rungs of its brackets are all that differs
    "median": median,
    "patience": patience,
    "threshold": threshold,
}
