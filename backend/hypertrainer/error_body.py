"""The one shape in which the API tells of an error."""

from collections.abc import Sequence

from pydantic import BaseModel

from hypertrainer.errors import FieldProblem, HyperTrainerError


class FieldError(BaseModel):
    """One thing wrong with one input field; `line` and `column` (from 1) point into its YAML."""

    path: str
    message: str
    line: int | None
    column: int | None

    @classmethod
    def of(cls, problem: FieldProblem) -> "FieldError":
        return cls(
            path=problem.path, message=problem.message, line=problem.line, column=problem.column
        )


class ErrorBody(BaseModel):
    """Every error's body: a code for programs, a message for people, the fields concerned."""

    code: str
    message: str
    fields: list[FieldError]

    @classmethod
    def of(cls, error: HyperTrainerError) -> "ErrorBody":
        return cls(code=error.code, message=error.message, fields=field_errors(error.fields))


def field_errors(problems: Sequence[FieldProblem]) -> list[FieldError]:
    """The problems in the form the API sends."""
    return [FieldError.of(problem) for problem in problems]
