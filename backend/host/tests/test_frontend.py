"""The front end as it is served: one page for every view, cached for good where names carry a digest."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from muster_host.frontend import FrontEnd, SecurityHeaders
from muster_host.pages import pages_router

RUNBOOKS = Path(__file__).parents[3] / "docs" / "runbooks"


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A built front end."""
    (tmp_path / "dist" / "assets").mkdir(parents=True)
    (tmp_path / "dist" / "index.html").write_text("<!doctype html><title>Muster</title>")
    (tmp_path / "dist" / "assets" / "app-1234.js").write_text("let muster = 1;\n" * 200)
    (tmp_path / "dist" / ".muster").write_text("stamp")
    (tmp_path / "secret.txt").write_text("secret")
    return tmp_path / "dist"


@pytest_asyncio.fixture
async def browser(dist: Path, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an application with that front end and one API route."""
    app = FastAPI(docs_url=None, redoc_url=None)

    @app.get("/api/v1/known")
    async def known() -> str:
        return "known"

    (tmp_path / "problems").mkdir()
    (tmp_path / "problems" / "not-found.md").write_text(
        "# Not found\n\nLook at `the <address>`.\n\n- one\n- two\n"
    )
    app.include_router(pages_router(tmp_path / "problems", RUNBOOKS))
    app.router.default = FrontEnd(dist, app.router.default)
    app.add_middleware(cast("Any", SecurityHeaders))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://muster.test"
    ) as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/incidents/0198", "/hazards?kind=earthquake"])
async def test_every_view_gets_the_one_page(browser: httpx.AsyncClient, path: str) -> None:
    answer = await browser.get(path)

    assert answer.status_code == 200
    assert "<title>Muster" in answer.text
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/unknown",
        "/assets/gone.js",
        "/problems/unknown",
        "/runbooks/unknown",
        "/.well-known/x",
    ],
)
async def test_what_programs_ask_for_is_never_answered_with_the_page(
    browser: httpx.AsyncClient, path: str
) -> None:
    assert (await browser.get(path)).status_code == 404


async def test_a_wrong_method_stays_a_wrong_method(browser: httpx.AsyncClient) -> None:
    assert (await browser.post("/api/v1/known")).status_code == 405
    assert (await browser.post("/incidents")).status_code == 404


async def test_files_with_a_digest_in_their_name_are_kept_for_good_and_compressed(
    browser: httpx.AsyncClient,
) -> None:
    answer = await browser.get("/assets/app-1234.js")

    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.text.startswith("let muster")
    again = await browser.get(
        "/assets/app-1234.js", headers={"if-none-match": answer.headers["etag"]}
    )
    assert again.status_code == 304
    assert again.content == b""


@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/%2e%2e/secret.txt", "/assets/../../secret.txt", "/.muster"]
)
async def test_nothing_outside_the_build_is_served(browser: httpx.AsyncClient, path: str) -> None:
    answer = await browser.get(path)

    assert "secret" not in answer.text
    assert "stamp" not in answer.text


async def test_no_page_may_be_framed_or_run_foreign_script(browser: httpx.AsyncClient) -> None:
    for path in ("/", "/api/v1/known", "/api/docs", "/problems/not-found"):
        headers = (await browser.get(path)).headers
        policy = headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert "script-src 'self';" in policy
        assert headers["referrer-policy"] == "same-origin"


async def test_the_api_is_documented_without_internet(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/api/docs")).text

    assert "//" not in page.replace("</", "")
    for name in ("swagger-ui.css", "swagger-ui-bundle.js", "start.js"):
        assert f"/api/docs/{name}" in page
        assert (await browser.get(f"/api/docs/{name}")).status_code == 200


async def test_a_problem_has_a_page_in_which_nothing_is_taken_for_markup(
    browser: httpx.AsyncClient,
) -> None:
    page = (await browser.get("/problems/not-found")).text

    assert "<h1>Not found</h1>" in page
    assert "<code>the &lt;address&gt;</code>" in page
    assert "<ul><li>one</li><li>two</li></ul>" in page


async def test_a_missing_build_is_said(tmp_path: Path) -> None:
    app = FastAPI()
    app.router.default = FrontEnd(tmp_path / "nothing", app.router.default)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://muster.test"
    ) as client:
        answer = await client.get("/")

    assert answer.status_code == 503
    assert "make run" in answer.text


async def test_an_alerts_link_opens_its_runbook(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/runbooks/outbox-old")).text

    assert "<h1>OutboxOld</h1>" in page
    assert '<a href="/runbooks/relay-absent">relay-absent</a>' in page
