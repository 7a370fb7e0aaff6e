"""From a request to what it stands for: one task, or the trials of a search."""

import secrets
from dataclasses import dataclass, field

from hypertrainer.dependencies import Services
from hypertrainer.hpsearch.samplers.registry import create_sampler
from hypertrainer.hpsearch.space import SearchSpace, child_config
from hypertrainer.hpsearch.space_reader import demand_search, parse_space
from hypertrainer.tasks.checking import Checked, check
from hypertrainer.tasks.config import Config
from hypertrainer.tasks.schemas import PreviewTrial, TaskSubmit

SEEDS = 2**31


@dataclass(frozen=True, slots=True)
class Planned:
    """One task to be made: what previews show of it, and its config."""

    trial: PreviewTrial
    config: Config


@dataclass(slots=True)
class Prepared:
    """A checked submission, expanded into its tasks: all, or as many as were asked for."""

    checked: Checked
    space: SearchSpace | None = None
    seed: int = 0
    num_tasks: int = 0
    tasks: list[Planned] = field(default_factory=list)

    @property
    def stem(self) -> str:
        """What its tasks and its search are named after."""
        return self.checked.request.name or self.checked.stem


def prepare(
    services: Services,
    request: TaskSubmit,
    *,
    must_be_search: bool = False,
    limit: int | None = None,
) -> Prepared:
    """Check and expand a request; what is wrong is among `checked.problems`. Blocks.

    Args:
        services: where scripts, configs and platforms are found.
        request: what a user asks for.
        must_be_search: a config without `hpsearch:`, or of a trial, is wrong.
        limit: how many tasks to plan; None: all.
    """
    prepared = Prepared(check(services.settings, services.registry, request))
    config = prepared.checked.config
    if config is None:
        return prepared
    if must_be_search or config.is_search:
        prepared.checked.attempt("config", lambda: _expand(prepared, config, limit))
    else:
        prepared.num_tasks = 1
        prepared.tasks = [Planned(PreviewTrial(name=prepared.stem, params={}), config)]
    return prepared


def _expand(prepared: Prepared, config: Config, limit: int | None) -> None:
    demand_search(config)
    space = prepared.space = parse_space(config)
    prepared.seed = space.seed if space.seed is not None else secrets.randbelow(SEEDS)
    prepared.num_tasks = space.n_trials
    sampler = create_sampler(space, prepared.seed)
    for number in range(min(space.n_trials, limit or space.n_trials)):
        point = sampler.suggest(number)
        name = space.trial_name(prepared.stem, number)
        trial = PreviewTrial(name=name, params=dict(point))
        prepared.tasks.append(Planned(trial, child_config(config, point)))
