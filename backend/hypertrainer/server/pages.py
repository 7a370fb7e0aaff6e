"""The single-page application's files, and the pages at `/docs`. None of it needs another host."""

from pathlib import Path

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, HTMLResponse, Response

from hypertrainer.settings import STATIC_FOLDER

FOREVER = "public, max-age=31536000, immutable"  # names of files in assets/ hold their hash
ASK_AGAIN = "no-cache"
READ = ["GET", "HEAD"]
NOT_BUILT = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>HyperTrainer</title>
<body style="font: 16px/1.5 system-ui; max-width: 40rem; margin: 15vh auto; padding: 0 1rem">
<h1>The dashboard is not built</h1>
<p>The server runs, but this checkout has no dashboard yet. Run <code>make build</code> in the
repository (it needs Node 20), or <code>pip install</code> a wheel, which holds it. The API is
described at <a href="/docs">/docs</a>.</p></body></html>
"""
DOCS = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>HyperTrainer: API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="/favicon.svg"><link rel="stylesheet" href="/docs/files/swagger-ui.css">
</head><body><div id="docs"><p>If nothing else shows here, the dashboard's files were not built
(<code>make build</code>). The same in one file: <a href="/openapi.json">/openapi.json</a></p></div>
<script src="/docs/files/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script>
</body></html>
"""
START_DOCS = """SwaggerUIBundle({
  url: "/openapi.json", dom_id: "#docs", deepLinking: true, displayRequestDuration: true,
  docExpansion: "list", tryItOutEnabled: true, validatorUrl: null,
});
"""
router = APIRouter(include_in_schema=False)


@router.api_route("/", methods=READ)
@router.api_route("/ui", methods=READ)
@router.api_route("/ui/{path:path}", methods=READ)
async def get_page(request: Request) -> Response:
    """Every page is the same file: the browser's side knows the paths below `/ui`."""
    page = find_static_file(_folder(request), "index.html")
    headers = {"Cache-Control": ASK_AGAIN}
    return FileResponse(page, headers=headers) if page else HTMLResponse(NOT_BUILT, 503, headers)


@router.api_route("/assets/{path:path}", methods=READ)
async def get_asset(request: Request, path: str) -> Response:
    """A file of the built application, named by its content."""
    return _file(request, f"assets/{path}", FOREVER)


@router.api_route("/docs", methods=READ)
async def get_docs() -> HTMLResponse:
    """The API, to be read and tried."""
    return HTMLResponse(DOCS)


@router.api_route("/docs/start.js", methods=READ)
async def get_docs_start() -> Response:
    """The script of `/docs`: one in the page itself is what our content policy forbids."""
    return Response(START_DOCS, media_type="text/javascript")


@router.api_route("/docs/files/{name}", methods=READ)
async def get_docs_file(request: Request, name: str) -> Response:
    """A file of Swagger UI, shipped with the dashboard."""
    return _file(request, f"swagger/{name}", ASK_AGAIN)


@router.api_route("/{name}.{extension}", methods=READ)
async def get_top_file(request: Request, name: str, extension: str) -> Response:
    """A file beside `index.html`: the icon, the script that sets the colours."""
    return _file(request, f"{name}.{extension}", ASK_AGAIN)


def _folder(request: Request) -> Path:
    folder: Path = getattr(request.app.state, "static_folder", STATIC_FOLDER)
    return folder


def _file(request: Request, path: str, cache: str) -> FileResponse:
    found = find_static_file(_folder(request), path)
    if found is None:
        raise HTTPException(404)
    return FileResponse(found, headers={"Cache-Control": cache})


def find_static_file(folder: Path, path: str) -> Path | None:
    """The file at a path inside the folder; None where there is none, or where it leads out."""
    if "\0" in path:
        return None
    found = (folder / path).resolve()
    return found if found.is_relative_to(folder.resolve()) and found.is_file() else None
