"""The public pages. No account, no cookie: the right to do something is in a signed link or in a code."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response
from fastapi.routing import APIRoute

from muster_core.errors import (
    DomainError,
    MalformedError,
    NotFoundError,
    UnsupportedMediaTypeError,
)
from muster_core.http.dependencies import RuntimeOf
from muster_core.outages import is_outage, unavailable
from muster_core.outbound import RefusedAddressError
from notification.database import SCHEMA
from notification.links import LinkTo, make_link, read_link
from notification.pages import views
from notification.pages.layout import HEADERS, Words
from notification.pages.script import SCRIPT, WORKER
from notification.pages.texts import choose
from notification.service import managing, subscribing
from notification.settings import Settings
from notification.vault import Vault, vault_of
from notification.wishes import WishError, read_contacts, read_wish

if TYPE_CHECKING:
    from uuid import UUID

    from muster_core.runtime import Runtime
    from notification.domain.subscribers import Contact

_MOST_FIELDS = 60


class PageRoute(APIRoute):
    """Says what went wrong as a page, to a person."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap FastAPI's handler."""
        inner = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await inner(request)
            except DomainError as error:
                return _told(request, error)
            except Exception as error:
                if not is_outage(error):
                    raise
                return _told(request, unavailable(error))

        return handle


def _told(request: Request, error: DomainError) -> Response:
    words = words_of(request)
    if isinstance(error, NotFoundError):
        return views.gone_page(words)
    return views.busy_page(words, error.status, error.retry_after)


router = APIRouter(prefix="/subscribe", route_class=PageRoute, include_in_schema=False)


def words_of(request: Request) -> Words:
    """The words of the language that this browser is shown."""
    return Words(choose(request.query_params.get("lang"), request.headers.get("accept-language")))


async def _form(request: Request) -> dict[str, str]:
    """The fields of a form, as a browser sends one; several of a name are joined by spaces.

    Raises:
        UnsupportedMediaTypeError: it is no form.
        MalformedError: it cannot be read.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise UnsupportedMediaTypeError("Send the form as application/x-www-form-urlencoded.")
    try:
        found = parse_qs(
            (await request.body()).decode("ascii"),
            max_num_fields=_MOST_FIELDS,
            errors="strict",
        )
    except (ValueError, UnicodeDecodeError) as error:
        raise MalformedError("The form cannot be read.") from error
    return {name: " ".join(values) for name, values in found.items()}


FormOf = Annotated[dict[str, str], Depends(_form)]
Ticket = Annotated[str, Query(max_length=100)]


def _words(request: Request, form: dict[str, str]) -> Words:
    return Words(
        choose(
            form.get("lang") or request.query_params.get("lang"),
            request.headers.get("accept-language"),
        )
    )


def _vault(runtime: Runtime) -> Vault:
    return vault_of(runtime.settings)


def _about(runtime: Runtime, token: str, *allowed: LinkTo) -> tuple[LinkTo, UUID]:
    found = read_link(_vault(runtime), token, *allowed)
    if found is None:
        raise NotFoundError("This link is not one of ours.")
    return found


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


@router.get("")
async def subscribe_form(request: Request, runtime: RuntimeOf) -> Response:
    """The empty form."""
    settings = runtime.service_settings(Settings)
    words = words_of(request)
    typed = {"severity": "Minor", "language": words.language, "timezone": settings.time_zone}
    return views.subscribe_page(words, typed, {}, push_key=settings.push_public_key)


@router.post("")
async def subscribe(request: Request, runtime: RuntimeOf, form: FormOf) -> Response:
    """Take in a wish. The answer is the same whether or not an address is known."""
    settings, words, vault = (
        runtime.service_settings(Settings),
        _words(request, form),
        _vault(runtime),
    )
    faults: dict[str, tuple[str, str]] = {}
    wish, contacts = None, None
    try:
        wish = read_wish(form)
    except WishError as error:
        faults |= error.faults
    try:
        contacts = read_contacts(form, settings.phone_region)
        await _judge(settings, contacts)
    except WishError as error:
        faults |= error.faults
    if wish is None or contacts is None or faults:
        return views.subscribe_page(words, form, faults, push_key=settings.push_public_key)
    async with runtime.session(SCHEMA) as session:
        subscription_id = await subscribing.subscribe(
            session, vault, wish, contacts, network_address=_address(request)
        )
    ticket = make_link(vault, LinkTo.CONFIRM, subscription_id)
    return _see(f"/subscribe/confirm?t={ticket}&lang={words.language}")


async def _judge(settings: Settings, contacts: list[Contact]) -> None:
    """Refuse a web hook on an address that is not public, before any transaction begins."""
    try:
        for contact in contacts:
            await settings.judge(contact)
    except RefusedAddressError as error:
        raise WishError({"web_hook": ("web-hook", str(error))}) from error


@router.get("/page.js")
async def page_script() -> Response:
    """What pages do more where JavaScript runs."""
    return Response(SCRIPT, media_type="text/javascript", headers={"cache-control": "no-cache"})


@router.get("/worker.js")
async def worker_script() -> Response:
    """Shows what is pushed to this browser."""
    headers = {"cache-control": "no-cache", "service-worker-allowed": "/subscribe"}
    return Response(WORKER, media_type="text/javascript", headers=headers)


@router.get("/confirm")
async def confirm_form(request: Request, runtime: RuntimeOf, t: Ticket = "") -> Response:
    """Where a code is entered."""
    _about(runtime, t, LinkTo.CONFIRM)
    resent = "resent" in request.query_params
    return views.confirm_page(words_of(request), t, resent=resent)


@router.post("/confirm")
async def confirm(request: Request, runtime: RuntimeOf, form: FormOf) -> Response:
    """Enter a code."""
    words, vault, ticket = _words(request, form), _vault(runtime), form.get("t", "")
    _, subscription_id = _about(runtime, ticket, LinkTo.CONFIRM)
    async with runtime.session(SCHEMA) as session:
        done = await subscribing.confirm(
            session, vault, subscription_id, plain_code(form.get("code", ""))
        )
    if not done.right:
        return views.confirm_page(words, ticket, wrong=True)
    manage = f"/subscribe/manage/{make_link(vault, LinkTo.MANAGE, subscription_id)}?lang={words.language}"
    part = views.confirmed_part(words, manage, done.secret)
    if done.waiting:
        return views.confirm_page(words, ticket, waiting=done.waiting, done=part)
    return views.confirmed_page(words, part)


def plain_code(typed: str) -> str:
    """A code as we make it: people type spaces, and the digits of their own script."""
    return "".join(
        str(unicodedata.digit(character, 0)) if character.isdigit() else character
        for character in typed[:50]
        if not character.isspace() and character != "-"
    )


@router.post("/resend")
async def resend(request: Request, runtime: RuntimeOf, form: FormOf) -> Response:
    """Send new codes."""
    words, ticket = _words(request, form), form.get("t", "")
    _, subscription_id = _about(runtime, ticket, LinkTo.CONFIRM)
    async with runtime.session(SCHEMA) as session:
        await subscribing.send_codes_again(
            session, _vault(runtime), subscription_id, network_address=_address(request)
        )
    return _see(f"/subscribe/confirm?t={ticket}&lang={words.language}&resent")


@router.get("/manage/{token}")
async def manage_form(request: Request, runtime: RuntimeOf, token: str) -> Response:
    """One's own subscription."""
    vault = _vault(runtime)
    _, subscription_id = _about(runtime, token, LinkTo.MANAGE)
    async with runtime.session(SCHEMA) as session:
        view = await managing.show(session, vault, subscription_id)
    saved = "saved" in request.query_params
    return views.manage_page(words_of(request), token, view, _leave_link(vault, view), saved=saved)


def _leave_link(vault: Vault, view: managing.OwnView) -> Callable[[UUID | None], str]:
    def link(point: UUID | None) -> str:
        if point is None:
            return make_link(vault, LinkTo.LEAVE_ALL, view.id)
        return make_link(vault, LinkTo.LEAVE, point)

    return link


@router.post("/manage/{token}")
async def manage(request: Request, runtime: RuntimeOf, token: str, form: FormOf) -> Response:
    """Change one's own subscription."""
    words, vault = _words(request, form), _vault(runtime)
    _, subscription_id = _about(runtime, token, LinkTo.MANAGE)
    async with runtime.session(SCHEMA) as session:
        try:
            wish = read_wish(form)
        except WishError as error:
            view = await managing.show(session, vault, subscription_id)
            links = _leave_link(vault, view)
            return views.manage_page(words, token, view, links, typed=form, faults=error.faults)
        await managing.change(session, vault, subscription_id, wish, paused="paused" in form)
    return _see(f"/subscribe/manage/{token}?lang={words.language}&saved")


@router.get("/leave/{token}")
async def leave_form(request: Request, runtime: RuntimeOf, token: str) -> Response:
    """Ask once: whoever only looks at a link must not end anything."""
    _about(runtime, token, LinkTo.LEAVE, LinkTo.LEAVE_ALL)
    return views.leave_page(words_of(request), token)


@router.post("/leave/{token}")
async def leave(request: Request, runtime: RuntimeOf, token: str) -> Response:
    """End it: by the button, or by a mail program (RFC 8058: `List-Unsubscribe=One-Click`). Ended is ended."""
    to, about = _about(runtime, token, LinkTo.LEAVE, LinkTo.LEAVE_ALL)
    async with runtime.session(SCHEMA) as session:
        if to is LinkTo.LEAVE:
            await managing.leave(session, about)
        else:
            await managing.leave_all(session, about)
    return views.left_page(words_of(request))


def _see(path: str) -> Response:
    return RedirectResponse(path, status_code=303, headers=HEADERS)
