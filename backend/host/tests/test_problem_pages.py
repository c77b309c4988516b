"""Every problem code that Muster can answer has a page that says what to do about it, and no page is left over."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from fastapi import FastAPI

from muster_host.pages import pages_router

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]
PAGES = ROOT / "docs" / "problems"
# What the web framework answers by itself, and what nobody foresaw (muster_core.http.problems).
BEYOND_CLASSES = {"bad-request", "method-not-allowed", "internal"}


def error_codes() -> Iterator[str]:
    """The codes of the error classes, read from the sources so that no service is forgotten."""
    for folder in ("backend", "microservices"):
        for path in (ROOT / folder).rglob("*.py"):
            if "tests" in path.parts or ".venv" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_bytes())):
                if isinstance(node, ast.ClassDef) and any(
                    ast.unparse(base).endswith("Error")
                    for base in [*node.bases, ast.Name(node.name)]
                ):
                    yield from _code_of(node)


def _code_of(node: ast.ClassDef) -> Iterator[str]:
    for line in node.body:
        match line:
            case ast.Assign(targets=[ast.Name("code")], value=ast.Constant(str() as code)):
                yield code
            case ast.AnnAssign(target=ast.Name("code"), value=ast.Constant(str() as code)):
                yield code
            case _:
                pass


CODES = sorted({*error_codes(), *BEYOND_CLASSES})


@pytest.mark.parametrize("code", CODES)
def test_a_problem_code_has_a_page_for_users_and_operators(code: str) -> None:
    page = PAGES / f"{code}.md"
    assert page.is_file(), (
        f"Write {page.relative_to(ROOT)}: people who meet '{code}' are sent there."
    )
    text = page.read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert headings == ["What happened", "What you can do", "What an operator can do"]
    assert f"Code `{code}`, status " in text


def test_no_page_is_left_of_a_code_that_is_gone() -> None:
    assert {page.stem for page in PAGES.glob("*.md")} == set(CODES)


@pytest.fixture
def client() -> httpx.AsyncClient:
    app = FastAPI()
    app.include_router(pages_router(PAGES, PAGES.parent / "runbooks"))
    transport = httpx.ASGITransport(app=app)
    return httpx.AsyncClient(transport=transport, base_url="http://muster.test")


async def test_a_page_is_read_in_a_browser(client: httpx.AsyncClient) -> None:
    response = await client.get("/problems/forbidden")

    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/html")
    assert "<h1>A permission is missing</h1>" in response.text
    assert "<li>Ask an administrator" in response.text
    assert "`" not in response.text
    assert "<script" not in response.text


@pytest.mark.parametrize("code", ["no-such-code", "..%2F..%2FREADME", "forbidden.md", "README"])
async def test_nothing_but_the_pages_is_read(client: httpx.AsyncClient, code: str) -> None:
    assert (await client.get(f"/problems/{code}")).status_code == 404


async def test_the_documentation_of_the_api_loads_nothing_from_elsewhere_and_has_no_inline_script(
    client: httpx.AsyncClient,
) -> None:
    page = (await client.get("/api/docs")).text

    named = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert named
    for address in named:
        assert address.startswith("/api/docs/")
        assert (await client.get(address)).status_code == 200
    assert re.findall(r"<script(?![^>]*\ssrc=)", page) == []
    assert "style=" not in page
