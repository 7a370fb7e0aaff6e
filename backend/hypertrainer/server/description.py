"""What `/openapi.json` says beyond what FastAPI finds out by itself."""

from typing import Any

from fastapi import FastAPI

ERROR_BODY = {"$ref": "#/components/schemas/ErrorBody"}
BEARER = "token"
OPEN_PATHS = ("/health", "/session")


def install_description(app: FastAPI) -> None:
    """Make the application's own description true about errors and about the token."""
    describe = app.openapi

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            _complete(describe())
        return describe()

    app.openapi = described  # type: ignore[method-assign] # the way FastAPI documents


def _complete(schema: dict[str, Any]) -> None:
    """Errors are JSON, whatever else a route answers with; all but the open paths want a token."""
    schemes = schema.setdefault("components", {}).setdefault("securitySchemes", {})
    schemes[BEARER] = {"type": "http", "scheme": "bearer"}
    for path, operations in schema["paths"].items():
        for operation in operations.values():
            operation["security"] = [] if path in OPEN_PATHS else [{BEARER: []}]
            for response in operation["responses"].values():
                contents = response.get("content", {}).values()
                if any(content.get("schema") == ERROR_BODY for content in contents):
                    response["content"] = {"application/json": {"schema": ERROR_BODY}}
