"""Optuna's view of a search: a study that is nothing but rows we hand it, for one question only.

A study keeps its trials in a storage; this one holds a list that was made from the history, so that
nothing is copied, and nothing is kept. Optuna itself stores nothing of ours.
"""

from collections.abc import Container, Mapping, Sequence
from datetime import datetime
from typing import Any

from optuna.distributions import BaseDistribution
from optuna.storages import BaseStorage
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial, TrialState, create_trial

STUDY_ID = 0


class RowStorage(BaseStorage):
    """One study, of past trials that never change and of the one that is being asked for."""

    def __init__(
        self, rows: Sequence[FrozenTrial], number: int, study_attrs: Mapping[str, Any]
    ) -> None:
        self._rows = rows
        self._number = number
        self._directions: list[StudyDirection] = []
        self.study_attrs = dict(study_attrs)
        self.asked: FrozenTrial | None = None

    def create_new_study(
        self, directions: Sequence[StudyDirection], study_name: str | None = None
    ) -> int:
        self._directions = list(directions)
        return STUDY_ID

    def get_study_id_from_name(self, study_name: str) -> int:
        return STUDY_ID

    def get_study_name_from_id(self, study_id: int) -> str:
        return "search"

    def get_study_directions(self, study_id: int) -> list[StudyDirection]:
        return self._directions

    def set_study_system_attr(self, study_id: int, key: str, value: Any) -> None:
        self.study_attrs[key] = value

    def get_study_system_attrs(self, study_id: int) -> dict[str, Any]:
        return self.study_attrs

    def create_new_trial(self, study_id: int, template_trial: FrozenTrial | None = None) -> int:
        self.asked = frozen(self._number, TrialState.RUNNING)
        return self._number

    def get_trial(self, trial_id: int) -> FrozenTrial:
        if self.asked is None or trial_id != self._number:
            raise KeyError(trial_id)
        return self.asked

    def set_trial_param(
        self,
        trial_id: int,
        param_name: str,
        param_value_internal: float,
        distribution: BaseDistribution,
    ) -> None:
        trial = self.get_trial(trial_id)
        value = distribution.to_external_repr(param_value_internal)
        trial.distributions = {**trial.distributions, param_name: distribution}
        trial.params = {**trial.params, param_name: value}

    def set_trial_system_attr(self, trial_id: int, key: str, value: Any) -> None:
        trial = self.get_trial(trial_id)
        trial.system_attrs = {**trial.system_attrs, key: value}

    def get_all_trials(
        self,
        study_id: int,
        deepcopy: bool = True,
        states: Container[TrialState] | None = None,
    ) -> list[FrozenTrial]:
        trials = list(self._rows) if self.asked is None else [*self._rows, self.asked]
        return trials if states is None else [one for one in trials if one.state in states]

    # What no sampler does: these are here because a storage must have them.

    def delete_study(self, study_id: int) -> None:
        raise NotImplementedError

    def set_study_user_attr(self, study_id: int, key: str, value: Any) -> None:
        raise NotImplementedError

    def get_study_user_attrs(self, study_id: int) -> dict[str, Any]:
        return {}

    def get_all_studies(self) -> list[Any]:
        raise NotImplementedError

    def set_trial_state_values(
        self, trial_id: int, state: TrialState, values: Sequence[float] | None = None
    ) -> bool:
        raise NotImplementedError

    def set_trial_intermediate_value(
        self, trial_id: int, step: int, intermediate_value: float
    ) -> None:
        raise NotImplementedError

    def set_trial_user_attr(self, trial_id: int, key: str, value: Any) -> None:
        raise NotImplementedError


def frozen(
    number: int,
    state: TrialState,
    params: dict[str, Any] | None = None,
    distributions: dict[str, BaseDistribution] | None = None,
    values: Sequence[float] | None = None,
    attrs: dict[str, Any] | None = None,
    constraints: dict[str, float] | None = None,
) -> FrozenTrial:
    """A row. Its number is ours, which is also its id."""
    made = create_trial(
        state=state,
        values=values,
        params=params,
        distributions=distributions,
        system_attrs=attrs,
        constraints=constraints,
    )
    begin: datetime | None = made.datetime_start
    return FrozenTrial(
        number=number,
        trial_id=number,
        state=state,
        value=None,
        values=values,
        datetime_start=begin,
        datetime_complete=made.datetime_complete,
        params=made.params,
        distributions=made.distributions,
        user_attrs={},
        system_attrs=made.system_attrs,
        intermediate_values={},
    )
