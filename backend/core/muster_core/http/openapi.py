"""One OpenAPI 3.1 document: every answer an endpoint can give is in it, problems included."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi.openapi.utils import get_openapi

from muster_core.http.problems import MEDIA_TYPE

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
_ALWAYS = (429, 503)
_WITH_ACCOUNT = (401, 403)
_WITH_PATH = (404,)
_WITH_BODY = (400, 413, 415, 422)
_WRITING = (409,)
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
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            statuses = set(_ALWAYS)
            if operation.get("security"):
                statuses.update(_WITH_ACCOUNT)
            if "{" in path:
                statuses.update(_WITH_PATH)
            if operation.get("parameters"):
                statuses.add(422)
            if "requestBody" in operation:
                statuses.update(_WITH_BODY)
            if method != "get":
                statuses.update(_WRITING)
                statuses.add(413)
            if any(p["name"].lower() == "if-match" for p in operation.get("parameters", ())):
                statuses.update(_WITH_VERSION)
            if method == "post" and operation.get("security"):
                statuses.update({404, 422})
                operation.setdefault("parameters", []).append(
                    {
                        "name": "Idempotency-Key",
                        "in": "header",
                        "required": False,
                        "description": "Repeat a request with the same key: it has its effect once.",
                        "schema": {
                            "type": "string",
                            "minLength": 1,
                            "maxLength": 200,
                            "pattern": "^[!-~]+$",
                        },
                    }
                )
            for status in statuses:
                operation["responses"][str(status)] = {
                    "description": HTTPStatus(status).phrase,
                    "content": content,
                }
            operation["responses"].pop("default", None)
            operation["responses"] = dict(sorted(operation["responses"].items()))
