"""`/session`: signing a browser in and out with the access token."""

from fastapi import APIRouter, Request, Response

from hypertrainer.errors import Unauthenticated
from hypertrainer.security.access import AccessPolicy
from hypertrainer.security.gate import delete_cookie, set_cookie
from hypertrainer.server.schemas import SessionCreate

router = APIRouter(prefix="/session", tags=["server"])


@router.post("", status_code=204)
async def create_session(request: Request, body: SessionCreate) -> Response:
    """Sign a browser in: the right token is answered with a cookie."""
    policy: AccessPolicy = request.app.state.access
    if not policy.is_token(body.token.strip()):
        raise Unauthenticated(
            "This is not the access token. `hypertrainer serve` prints a link that holds it; "
            "it also stands in the file `token` of $HYPERTRAINER_HOME."
        )
    answer = Response(status_code=204)
    set_cookie(answer, request, policy)
    return answer


@router.delete("", status_code=204)
async def delete_session(request: Request) -> Response:
    """Sign a browser out."""
    answer = Response(status_code=204)
    delete_cookie(answer, request.app.state.access)
    return answer
