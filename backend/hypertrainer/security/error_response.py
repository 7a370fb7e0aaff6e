"""Every error answer is made here, whether a middleware or a route refused."""

import json
from collections.abc import Mapping

from starlette.responses import Response

from hypertrainer.error_body import ErrorBody
from hypertrainer.errors import HyperTrainerError


def error_response(error: HyperTrainerError) -> Response:
    """The answer that an error of ours becomes."""
    headers = {"WWW-Authenticate": "Bearer"} if error.http_status == 401 else None
    return body_response(error.http_status, ErrorBody.of(error), headers)


def body_response(
    status: int, body: ErrorBody, headers: Mapping[str, str] | None = None
) -> Response:
    """An answer with this error body, in ASCII: a message may quote what is no valid UTF-8."""
    return Response(
        json.dumps(body.model_dump()), status, headers=headers, media_type="application/json"
    )
