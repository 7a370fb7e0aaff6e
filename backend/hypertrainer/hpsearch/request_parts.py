"""What routes of searches need beside the services: the samplers' process, histories in memory."""

from typing import Annotated

from fastapi import Depends, Request

from hypertrainer.hpsearch.adviser import Adviser
from hypertrainer.hpsearch.histories import Histories


def _adviser(request: Request) -> Adviser:
    adviser: Adviser = request.app.state.adviser
    return adviser


def _analyst(request: Request) -> Adviser:
    analyst: Adviser = request.app.state.analyst
    return analyst


def _histories(request: Request) -> Histories:
    histories: Histories = request.app.state.histories
    return histories


AdviserDep = Annotated[Adviser, Depends(_adviser)]
AnalystDep = Annotated[Adviser, Depends(_analyst)]  # for what takes long
HistoriesDep = Annotated[Histories, Depends(_histories)]
