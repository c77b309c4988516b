"""The public pages, each as one function from what is to be said to HTML."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from html import escape
from uuid import UUID

from fastapi.responses import HTMLResponse

from notification.pages.forms import Faults, Form, address_fields, typed_of, wish_fields
from notification.pages.layout import Words, page
from notification.service.managing import OwnView, PointView


def _title(words: Words, key: str, faults: Faults | None = None) -> str:
    return f"{words('error-prefix') if faults else ''}{words(key)}"


def subscribe_page(
    words: Words, typed: Mapping[str, str], faults: Faults, *, push_key: str | None = None
) -> HTMLResponse:
    """The form for whoever wants to be warned."""
    form = Form(words, typed, faults)
    key = f' data-push-key="{escape(push_key)}"' if push_key else ""
    body = (
        f"<h1>{words('title')}</h1><p>{words('lead')}</p>{form.summary()}"
        f'<form method="post" action="/subscribe" id="subscribe" novalidate{key}>'
        f'<input type="hidden" name="lang" value="{words.language}">'
        f"{wish_fields(words, form)}{address_fields(words, form)}"
        f'<p class="note">{words("privacy")}</p><button>{words("subscribe")}</button></form>'
    )
    title = _title(words, "title", faults)
    return page(words, title, body, status=422 if faults else 200, here="/subscribe", script=True)


def confirm_page(
    words: Words,
    ticket: str,
    *,
    wrong: bool = False,
    resent: bool = False,
    waiting: list[str] | None = None,
    done: str = "",
) -> HTMLResponse:
    """Where codes are entered. `done` is HTML about what is confirmed already."""
    faults: Faults = {"code": ("code", "")} if wrong else {}
    form = Form(words, {}, faults)
    hidden = (
        f'<input type="hidden" name="t" value="{escape(ticket)}">'
        f'<input type="hidden" name="lang" value="{words.language}">'
    )
    said = f'<p class="note" role="status">{words("resent")}</p>' if resent else ""
    if waiting:
        channels = ", ".join(words.plain(f"channel-{channel}") for channel in waiting)
        said += f"<p>{words('confirm-more', channels=channels)}</p>"
    digits = 'inputmode="numeric" autocomplete="one-time-code" dir="ltr" maxlength="20"'
    body = (
        f"{done}{form.summary()}<h1>{words('confirm-title')}</h1>{said}<p>{words('confirm-lead')}</p>"
        f'<form method="post" action="/subscribe/confirm" novalidate>{hidden}'
        f"{form.field('code', 'code', more=digits)}<button>{words('confirm')}</button></form>"
        f'<form method="post" action="/subscribe/resend">{hidden}'
        f'<button class="plain">{words("resend")}</button></form>'
    )
    return page(words, _title(words, "confirm-title", faults), body, status=422 if wrong else 200)


def confirmed_part(words: Words, manage: str, secret: str | None) -> str:
    """What whoever confirmed an address should keep."""
    told = f"<p>{words('secret')} <code>{escape(secret)}</code></p>" if secret else ""
    return (
        f"<h1>{words('done-title')}</h1><p>{words('done-lead')}</p>"
        f'<p><a href="{escape(manage)}">{words("manage-link")}</a></p>{told}'
    )


def confirmed_page(words: Words, part: str) -> HTMLResponse:
    """Nothing is left to be confirmed."""
    return page(words, words("done-title"), part)


def manage_page(
    words: Words,
    token: str,
    view: OwnView,
    leave_link: Callable[[UUID | None], str],
    *,
    typed: Mapping[str, str] | None = None,
    faults: Faults | None = None,
    saved: bool = False,
) -> HTMLResponse:
    """One's own subscription. `leave_link` answers the token that ends a contact point, or (None) everything."""
    area = json.dumps(view.wish.area) if view.wish.area else ""
    form = Form(words, typed or typed_of(view.wish, area), faults or {})
    hidden = f'<input type="hidden" name="lang" value="{words.language}">'
    points = "".join(_point(words, point, leave_link(point.id), hidden) for point in view.points)
    paused = view.status == "paused" if typed is None else "paused" in typed
    said = f'<p class="note" role="status">{words("saved")}</p>' if saved else ""
    body = (
        f"<h1>{words('manage-title')}</h1>{said}{form.summary()}"
        f"<h2>{words('contacts')}</h2><ul>{points}</ul>"
        f'<form method="post" action="/subscribe/manage/{escape(token)}" novalidate>{hidden}'
        f'<label class="check"><input type="checkbox" name="paused" value="yes"{" checked" if paused else ""}>'
        f"{words('paused')}</label>{wish_fields(words, form)}<fieldset>{form.languages()}</fieldset>"
        f"<button>{words('save')}</button></form>"
        f'<form method="post" action="/subscribe/leave/{leave_link(None)}">{hidden}'
        f'<button class="grave">{words("leave-all")}</button></form>'
    )
    return page(
        words,
        _title(words, "manage-title", faults),
        body,
        status=422 if faults else 200,
        script=True,
    )


def _point(words: Words, point: PointView, leave: str, hidden: str) -> str:
    state = "" if point.confirmed else f" ({words('unconfirmed')})"
    channel = words(f"channel-{point.channel}")
    return (
        f"<li>{channel}: <bdi>{escape(point.masked)}</bdi>{state}"
        f'<form method="post" action="/subscribe/leave/{leave}">{hidden}'
        f'<button class="plain">{words("leave-one", address=point.masked)}</button></form></li>'
    )


def leave_page(words: Words, token: str) -> HTMLResponse:
    """One click from here it is over. Not before: programs that look at links in mail also open this page."""
    body = (
        f"<h1>{words('leave-title')}</h1><p>{words('leave-lead')}</p>"
        f'<form method="post" action="/subscribe/leave/{escape(token)}">'
        f'<input type="hidden" name="lang" value="{words.language}">'
        f'<button class="grave">{words("leave")}</button></form>'
    )
    return page(words, words("leave-title"), body)


def left_page(words: Words) -> HTMLResponse:
    """It is over."""
    body = (
        f"<h1>{words('left-title')}</h1><p>{words('left-lead')}</p>"
        f'<p><a href="/subscribe?lang={words.language}">{words("again")}</a></p>'
    )
    return page(words, words("left-title"), body)


def gone_page(words: Words) -> HTMLResponse:
    """A link that leads nowhere."""
    body = (
        f"<h1>{words('gone-title')}</h1><p>{words('gone-lead')}</p>"
        f'<p><a href="/subscribe?lang={words.language}">{words("again")}</a></p>'
    )
    return page(words, words("gone-title"), body, status=404)


def busy_page(words: Words, status: int, retry_after: int | None) -> HTMLResponse:
    """It cannot be done now."""
    wait = retry_after or 60
    body = (
        f"<h1>{words('busy-title')}</h1><p>{words('busy-lead', minutes=max(1, wait // 60))}</p>"
        f'<p><a href="/subscribe?lang={words.language}">{words("again")}</a></p>'
    )
    headers = {"retry-after": str(wait)}
    return page(words, words("busy-title"), body, status=status, headers=headers)
