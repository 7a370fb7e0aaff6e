"""What a search varies: the normal form of `hpsearch:`, its trials' names and configs."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict

from hypertrainer.tasks.config import Config

DEFAULT_DESC = "hpsearch"
ALGORITHM = "random"  # `type: random_uniform`


class Parameter(BaseModel):
    """One value of the config that varies: uniformly from `low` to `high`.

    With an `exponent_base` b it is the exponent that varies: the value is b ** uniform(low, high).
    """

    model_config = ConfigDict(frozen=True)

    path: str
    low: float
    high: float
    exponent_base: float | None = None


class SearchSpace(BaseModel):
    """`hpsearch:` as validated, with its defaults; kept with the search as JSON."""

    model_config = ConfigDict(frozen=True)

    algorithm: str = ALGORITHM
    n_trials: int
    desc: str = DEFAULT_DESC
    seed: int | None = None
    params: tuple[Parameter, ...]

    def search_name(self, stem: str) -> str:
        """The search's name; `stem` is its config's file name without the suffix."""
        return f"{stem}_{self.desc}"

    def trial_name(self, stem: str, number: int) -> str:
        """The name of a trial's task."""
        return f"{self.search_name(stem)}_{number}"


def child_config(config: Config, point: Mapping[str, float]) -> Config:
    """The config of the trial that tries this point: its values, and `hpsearch.is_child: true`."""
    child = config.copy()
    for path, value in point.items():
        child.set(path, value)
    child.put("hpsearch.is_child", value=True)
    return child
