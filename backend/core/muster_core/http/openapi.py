"""One OpenAPI 3.1 document: every answer an endpoint can give is in it, problems included."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi.openapi.utils import get_openapi

from muster_core.http.problems import PROBLEM_CONTENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastapi import FastAPI

    from muster_core.microservice import Microservice

PROBLEM: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457 problem details.",
    "required": ["type", "title", "status", "detail", "code", "trace_id"],
    "properties": {
        "type": {"type": "string", "description": "A page that says what to do about it."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "description": "Stable; programs may rely on it."},
        "trace_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["location", "pointer", "detail"],
                "properties": {
                    "location": {"type": "string"},
                    "pointer": {"type": "string", "description": "JSON pointer (RFC 6901)."},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}
IDEMPOTENCY_KEY: dict[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Repeat a request with the same key: it has its effect once.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
}
_ALWAYS = (429, 503)
_WITH_ACCOUNT = (401, 403)
_WITH_PATH = (404,)
_WITH_PARAMETERS = (422,)
_WITH_BODY = (400, 413, 415, 422)
_WRITING = (404, 409, 413)
_WITH_VERSION = (412, 428)


def describe_api(app: FastAPI, services: Sequence[Microservice]) -> None:
    """Replace FastAPI's document by one with our problems in it."""
    permissions = {str(p): str(p) for service in services for p in service.permissions}

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(
                title=app.title,
                version=app.version,
                openapi_version="3.1.0",
                description="Emergency management: hazards, incidents, and the record of what happened.",
                routes=app.routes,
            )
            _add_problems(document)
            schemes = document["components"].setdefault("securitySchemes", {})
            for scheme in schemes.values():
                for flow in scheme.get("flows", {}).values():
                    flow["scopes"] = permissions
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi


def _add_problems(document: dict[str, Any]) -> None:
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas["Problem"] = PROBLEM
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method == "post" and operation.get("security"):
                operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
            responses = operation["responses"]
            for status in _problems_of(path, method, operation):
                responses[str(status)] = {
                    "description": HTTPStatus(status).phrase,
                    "content": PROBLEM_CONTENT,
                }
            responses.pop("default", None)
            operation["responses"] = dict(sorted(responses.items()))


def _problems_of(path: str, method: str, operation: dict[str, Any]) -> set[int]:
    parameters = operation.get("parameters", ())
    if_match = any(parameter["name"].lower() == "if-match" for parameter in parameters)
    groups: list[tuple[bool, tuple[int, ...]]] = [
        (True, _ALWAYS),
        (bool(operation.get("security")), _WITH_ACCOUNT),
        ("{" in path, _WITH_PATH),
        (bool(parameters), _WITH_PARAMETERS),
        ("requestBody" in operation, _WITH_BODY),
        (method != "get", _WRITING),
        (if_match, _WITH_VERSION),
    ]
    return {status for applies, statuses in groups if applies for status in statuses}
