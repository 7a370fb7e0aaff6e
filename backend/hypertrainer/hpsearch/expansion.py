"""From a request to what it stands for: one task, or the trials of a search."""

import secrets
from dataclasses import dataclass, field

from hypertrainer.dependencies import Services
from hypertrainer.hpsearch.samplers.registry import create_sampler
from hypertrainer.hpsearch.schemas import PreviewTrial
from hypertrainer.hpsearch.space import SearchSpace, child_config
from hypertrainer.hpsearch.space_reader import demand_search, parse_space
from hypertrainer.tasks.checking import Checked, Placed, check
from hypertrainer.tasks.config import Config
from hypertrainer.tasks.schemas import TaskSubmit

SEEDS = 2**31


@dataclass(frozen=True, slots=True)
class Planned:
    """One task to be made: what previews show of it, and its config.

    `source` is the config without its platform's own values, where it has any.
    """

    trial: PreviewTrial
    config: Config
    source: Config | None = None


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
    placed: Placed | None = None,
) -> Prepared:
    """Check and expand a request; what is wrong is among `checked.problems`. Blocks.

    Args:
        services: where scripts, configs and platforms are found.
        request: what a user asks for.
        must_be_search: a config without `hpsearch:`, or of a trial, is wrong.
        limit: how many tasks to plan; None: all.
        placed: given where the config has its platform's own values already.
    """
    prepared = Prepared(check(services.settings, services.registry, request, placed))
    config = prepared.checked.config
    if config is None:
        return prepared
    if must_be_search or config.is_search:
        prepared.checked.attempt("config", lambda: _expand(prepared, config, limit))
    else:
        prepared.num_tasks = 1
        trial = PreviewTrial(name=prepared.stem, params={})
        prepared.tasks = [Planned(trial, config, prepared.checked.source_for_clones)]
    return prepared


def _expand(prepared: Prepared, config: Config, limit: int | None) -> None:
    demand_search(config)
    space = prepared.space = parse_space(config)
    prepared.seed = space.seed if space.seed is not None else secrets.randbelow(SEEDS)
    prepared.num_tasks = space.n_trials
    sampler = create_sampler(space, prepared.seed)
    source = prepared.checked.source_for_clones
    for number in range(min(space.n_trials, limit or space.n_trials)):
        point = sampler.suggest(number)
        name = space.trial_name(prepared.stem, number)
        trial = PreviewTrial(name=name, params=dict(point))
        child = child_config(config, point)
        origin = child_config(source, point) if source is not None else None
        prepared.tasks.append(Planned(trial, child, origin))
