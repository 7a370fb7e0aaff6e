"""From a request to what it stands for: one task, or a search."""

import secrets
from dataclasses import dataclass, field

from hypertrainer.dependencies import Services
from hypertrainer.errors import FieldProblem
from hypertrainer.hpsearch.placing import CheckedPlace, check_places, check_request
from hypertrainer.hpsearch.spec import Spec
from hypertrainer.hpsearch.spec_reader.reader import read_spec
from hypertrainer.tasks.checking import Checked, Placed
from hypertrainer.tasks.config import Config
from hypertrainer.tasks.schemas import TaskSubmit

SEEDS = 2**31


@dataclass(slots=True)
class Prepared:
    """A checked submission. `spec` is None where it is a task, or no search that can be read.

    `spec.seed` is never None: one is drawn where the YAML has none.
    """

    checked: Checked
    spec: Spec | None = None
    warnings: list[FieldProblem] = field(default_factory=list)
    places: list[CheckedPlace] = field(default_factory=list)

    @property
    def stem(self) -> str:
        """What its tasks and its search are named after."""
        return self.checked.request.name or self.checked.stem

    @property
    def num_tasks(self) -> int:
        """How many tasks it becomes; 0 where nobody knows."""
        if self.spec is None:
            return 1
        return (self.spec.n_trials or 0) * self.spec.repeats.n

    @property
    def base(self) -> Config:
        """The config without what is special about a platform, where there is such a one."""
        base = self.checked.source_for_clones or self.checked.config
        if base is None:
            raise RuntimeError("a submission with problems has no config")
        return base


def prepare(
    services: Services,
    request: TaskSubmit,
    *,
    must_be_search: bool = False,
    placed: Placed | None = None,
) -> Prepared:
    """Check a request; what is wrong is among `checked.problems`. Blocks.

    Args:
        services: where scripts, configs and platforms are found.
        request: what a user asks for.
        must_be_search: a config without `hpsearch:`, or of a trial, is wrong.
        placed: given where the config has its platform's own values already.
    """
    prepared = Prepared(check_request(services, request, placed))
    config = prepared.checked.config
    if config is not None and (must_be_search or config.is_search):
        prepared.checked.attempt("config", lambda: _read(services, prepared, config))
    return prepared


def _read(services: Services, prepared: Prepared, config: Config) -> None:
    checked = prepared.checked
    names = [platform.name for platform in services.registry.all()]
    spec, prepared.warnings = read_spec(config, names, checked.request.platform)
    seed = spec.seed if spec.seed is not None else secrets.randbelow(SEEDS)
    prepared.spec = spec.model_copy(update={"seed": seed})
    prepared.places = check_places(services, checked, prepared.spec)
