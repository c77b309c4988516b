"""The built front end from memory: compressed once, unchanging files cached for good, one page for every view."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response

if TYPE_CHECKING:
    from collections.abc import MutableMapping
    from typing import Any

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY = (
    b"default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:;"
    b" font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; object-src 'none';"
    b" base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
# Everything comes from this origin and nothing is inline, but for the style attributes of map and menus.
SECURITY_HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"content-security-policy", _POLICY),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(self)"),
)
# Paths that belong to programs: an unknown one is a 404, never the application's page.
_NOT_PAGES = (
    "/api",
    "/problems",
    "/runbooks",
    "/subscribe",
    "/.well-known",
    "/warnings",
    "/assets",
    "/healthz",
    "/readyz",
    "/metrics",
)
_COMPRESSIBLE = (
    "text/",
    "application/javascript",
    "application/json",
    "image/svg+xml",
    "application/manifest",
)
_MISSING = "The front end is not built. `make run` builds it; the API is at /api/docs.\n"


class SecurityHeaders:
    """ASGI middleware: every answer says what a browser may do with it."""

    def __init__(self, app: ASGIApp, *, secure: bool = False) -> None:
        """`secure` when users come by https: browsers then refuse http for a year."""
        self._app = app
        self._headers = list(SECURITY_HEADERS)
        if secure:
            self._headers.append((b"strict-transport-security", b"max-age=31536000"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._dress(message)
            await send(message)

        await self._app(scope, receive, answer)

    def _dress(self, message: MutableMapping[str, Any]) -> None:
        headers: list[tuple[bytes, bytes]] = message.setdefault("headers", [])
        present = {name for name, _ in headers}
        headers.extend(header for header in self._headers if header[0] not in present)


@dataclass(frozen=True, slots=True)
class _File:
    """A file as it is sent."""

    body: bytes
    compressed: bytes | None
    headers: dict[str, str]


class FrontEnd:
    """ASGI application for every path that no route has; `otherwise` answers what is not a page either."""

    def __init__(self, folder: Path, otherwise: ASGIApp) -> None:
        """Files are read at their first request and kept."""
        self._folder = folder.resolve()
        self._otherwise = otherwise
        self._kept: dict[str, _File] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"}:
            await self._otherwise(scope, receive, send)
            return
        path = str(scope["path"])
        file = self._file(path)
        if file is None and path.startswith(_NOT_PAGES):
            await self._otherwise(scope, receive, send)
            return
        file = file or self._file("/index.html")
        if file is None:
            await PlainTextResponse(_MISSING, 503)(scope, receive, send)
            return
        await self._respond(file, Headers(scope=scope))(scope, receive, send)

    def _respond(self, file: _File, asked: Headers) -> Response:
        if file.headers["etag"] in asked.get("if-none-match", ""):
            return Response(status_code=304, headers=file.headers)
        if file.compressed is not None and "gzip" in asked.get("accept-encoding", ""):
            return Response(file.compressed, headers={**file.headers, "content-encoding": "gzip"})
        return Response(file.body, headers=file.headers)

    def _file(self, path: str) -> _File | None:
        if path in self._kept:
            return self._kept[path]
        if "\0" in path or path.endswith("/"):
            return None
        place = (self._folder / path.lstrip("/")).resolve()
        hidden = (
            any(part.startswith(".") for part in place.relative_to(self._folder).parts)
            if (place.is_relative_to(self._folder))
            else True
        )
        if hidden or not place.is_file():
            return None
        body = place.read_bytes()
        kind = mimetypes.guess_type(place.name)[0] or "application/octet-stream"
        text = kind.startswith(_COMPRESSIBLE)
        headers = {
            "content-type": f"{kind}; charset=utf-8" if text else kind,
            "etag": f'"{hashlib.sha256(body).hexdigest()[:24]}"',
            "vary": "accept-encoding",
            # Vite writes a digest into the names under assets/; all else is asked for again.
            "cache-control": (
                "public, max-age=31536000, immutable" if path.startswith("/assets/") else "no-cache"
            ),
        }
        compressed = gzip.compress(body, 6) if text and len(body) > 1024 else None
        self._kept[path] = _File(body, compressed, headers)
        return self._kept[path]
