"""Pages for people who work with the API: its documentation, without internet, and what each problem code means."""

from __future__ import annotations

import html
import re
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse, HTMLResponse, Response

if TYPE_CHECKING:
    from collections.abc import Iterator

_SWAGGER_FILES = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
}
_SWAGGER_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Muster API</title>
<link rel="stylesheet" href="/api/docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/api/docs/swagger-ui-bundle.js"></script>
<script src="/api/docs/start.js"></script>
</body>
</html>
"""
_SWAGGER_START = """SwaggerUIBundle({
  url: "/api/v1/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  tryItOutEnabled: true,
  validatorUrl: null,
});
"""
_PROBLEM_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 1rem/1.6 system-ui, sans-serif; max-width: 42rem; margin: 3rem auto; padding: 0 1rem;
color-scheme: light dark; }}
code {{ font-family: ui-monospace, monospace; }}
</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""


def pages_router(problems: Path, runbooks: Path) -> APIRouter:
    """Routes for /api/docs, /problems/CODE and /runbooks/ALERT, outside the OpenAPI document."""
    router = APIRouter(include_in_schema=False)

    @router.get("/api/docs")
    async def documentation() -> HTMLResponse:
        return HTMLResponse(_SWAGGER_PAGE)

    @router.get("/api/docs/{name}")
    async def documentation_file(name: str) -> Response:
        if name == "start.js":
            return Response(_SWAGGER_START, media_type="text/javascript")
        folder = _swagger_folder()
        if name not in _SWAGGER_FILES or folder is None:
            raise HTTPException(404)
        headers = {"cache-control": "public, max-age=86400"}
        return FileResponse(folder / name, media_type=_SWAGGER_FILES[name], headers=headers)

    @router.get("/problems/{code}")
    async def problem(code: str) -> HTMLResponse:
        return _page(problems, code)

    @router.get("/runbooks/{alert}")
    async def runbook(alert: str) -> HTMLResponse:
        return _page(runbooks, alert)

    return router


def _page(folder: Path, name: str) -> HTMLResponse:
    page = folder / f"{name}.md"
    if not re.fullmatch(r"[a-z0-9-]{1,80}", name) or not page.is_file():
        raise HTTPException(404)
    text = page.read_text(encoding="utf-8")
    # Pages of one folder name each other by file, as people read them in the repository.
    text = re.sub(r"\]\(([a-z0-9-]+)\.md\)", rf"](/{folder.name}/\1)", text)
    body = "\n".join(_markdown(text))
    return HTMLResponse(_PROBLEM_PAGE.format(title=html.escape(name), body=body))


def _swagger_folder() -> Path | None:
    """The package's files only: its own routes load nothing that we would not serve."""
    spec = find_spec("fastapi_swagger")
    return None if spec is None or spec.origin is None else Path(spec.origin).parent / "resources"


def _markdown(text: str) -> Iterator[str]:
    """The little of Markdown that our own pages use: headings, paragraphs, lists, code, emphasis, links."""
    for block in re.split(r"\n{2,}", text.strip()):
        lines = block.splitlines()
        heading = re.match(r"(#{1,4}) (.+)", lines[0])
        if heading:
            level = len(heading[1])
            yield f"<h{level}>{_inline(heading[2])}</h{level}>"
            lines = lines[1:]
        if not lines:
            continue
        if re.match(r"[-*] |\d+\. ", lines[0]):
            tag = "ul" if lines[0][0] in "-*" else "ol"
            items = re.split(r"^(?:[-*]|\d+\.) ", "\n".join(lines), flags=re.MULTILINE)[1:]
            yield f"<{tag}>{''.join(f'<li>{_inline(item)}</li>' for item in items)}</{tag}>"
        elif lines[0].startswith("```"):
            yield f"<pre><code>{html.escape(chr(10).join(lines[1:-1]))}</code></pre>"
        else:
            yield f"<p>{_inline(' '.join(lines))}</p>"


def _inline(text: str) -> str:
    escaped = html.escape(text.strip())
    escaped = re.sub(r"`([^`]+)`", r"<code>\1</code>", escaped)
    escaped = re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", escaped)
    return re.sub(r"\[([^\]]+)\]\((/[^)\s]*|https?://[^)\s]+)\)", r'<a href="\2">\1</a>', escaped)
