"""The frame of every public page: one column for a phone, dark and light, either direction, nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
from html import escape

from fastapi.responses import HTMLResponse

from muster.alerts.v1.messages import direction
from notification.pages.texts import CATALOGUES

_STYLE = """
:root{color-scheme:light dark;--surface:#fff;--raised:#f4f6f8;--ink:#16202a;--soft:#4a5763;--line:#8593a1;
--accent:#0b5cad;--on:#fff;--bad:#b3121d}
@media(prefers-color-scheme:dark){:root{--surface:#12171c;--raised:#1c242c;--ink:#edf1f5;--soft:#b3bfca;--line:#728190;
--accent:#7db8f5;--on:#0d1b2a;--bad:#ff9a9a}}
*{box-sizing:border-box}
body{margin:0;background:var(--surface);color:var(--ink);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,
"Noto Sans","Noto Sans Arabic",sans-serif}
main,header{max-width:40rem;margin:0 auto;padding:1rem}
header nav{display:flex;flex-wrap:wrap;gap:.25rem 1rem;justify-content:flex-end}
header a,main a{color:var(--accent)}
header a{display:inline-block;padding:.625rem .25rem}
h1{font-size:1.625rem;line-height:1.25;margin:0 0 .5rem}
h2,legend{font-size:1.25rem;line-height:1.3;font-weight:600;padding:0;margin:0 0 .5rem}
legend{padding-inline-end:.75rem}
fieldset{border:0;border-block-start:1px solid var(--line);margin:1.5rem 0 0;padding:1rem 0 0;min-width:0}
label{display:block;font-weight:600;margin-block-start:1rem}
.check{display:flex;gap:.75rem;align-items:center;font-weight:400;margin:0;min-height:2.75rem}
.check input{inline-size:1.375rem;block-size:1.375rem;flex:none;margin:0}
.hint,.soft{color:var(--soft);font-weight:400;margin:.125rem 0 .375rem}
.fault{color:var(--bad);font-weight:600;margin:.125rem 0 .375rem}
input:not([type=checkbox]):not([type=radio]),select,textarea{inline-size:100%;min-height:2.75rem;padding:.5rem .625rem;
font:inherit;color:inherit;background:var(--raised);border:1px solid var(--line);border-radius:6px}
textarea{min-height:6rem;font-family:ui-monospace,monospace}
input[aria-invalid=true]:not([type=checkbox]):not([type=radio]),textarea[aria-invalid=true]{border:2px solid var(--bad)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
button{font:inherit;font-weight:600;min-height:2.75rem;padding:.5rem 1.25rem;border-radius:6px;border:1px solid
var(--accent);background:var(--accent);color:var(--on);cursor:pointer;margin-block-start:1rem}
button.plain{background:transparent;color:var(--accent)}
button.grave{background:transparent;color:var(--bad);border-color:var(--bad)}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:0 1rem}
.summary{border:3px solid var(--bad);border-radius:6px;padding:1rem;margin-block-end:1rem}
.summary a{color:var(--bad);font-weight:600}
.note{border-inline-start:4px solid var(--accent);padding:.25rem .75rem;background:var(--raised)}
.exercise{background:repeating-linear-gradient(45deg,#f5c400 0 12px,#1b1b1b 12px 24px);text-align:center}
.exercise b{background:#1b1b1b;color:#f5c400;padding:0 .75rem}
code{font-family:ui-monospace,monospace;overflow-wrap:anywhere}
summary{min-height:2.75rem;padding-block:.625rem;cursor:pointer;font-weight:600;color:var(--accent)}
ul{padding-inline-start:1.25rem}
"""


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


# A page may show its own style, run the script we serve, and send its form here. Links hold a right: no address of a
# page is told to anybody (no-referrer), and nothing is kept.
HEADERS = {
    "content-security-policy": (
        f"default-src 'none'; style-src {_hash(_STYLE)}; script-src 'self'; connect-src 'self'; worker-src 'self';"
        " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "x-robots-tag": "noindex",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(self)",
    "cache-control": "no-store",
}


class Words:
    """The words of one page's language, escaped for HTML."""

    def __init__(self, language: str) -> None:
        """A language of the catalogues."""
        self.language = language
        self._texts = CATALOGUES[language]

    def plain(self, key: str) -> str:
        """A text as it is, to be put into another."""
        return self._texts[key]

    def __call__(self, key: str, **values: object) -> str:
        """A text with its values put in, all escaped."""
        return escape(self._texts[key].format(**values))


def page(
    words: Words,
    title: str,
    body: str,
    *,
    status: int = 200,
    here: str | None = None,
    script: bool = False,
    exercise: bool = False,
    headers: dict[str, str] | None = None,
) -> HTMLResponse:
    """A whole page. `title` and `body` are HTML; `here` is the path whose other languages are offered."""
    languages = "".join(
        f'<a href="{escape(here)}?lang={language}" lang="{language}" hreflang="{language}">{_NAMES[language]}</a>'
        for language in CATALOGUES
        if here is not None and language != words.language
    )
    navigation = f"<header><nav>{languages}</nav></header>" if languages else ""
    band = f'<div class="exercise"><b>{words("exercise")}</b></div>' if exercise else ""
    source = '<script src="/subscribe/page.js" defer></script>' if script else ""
    return HTMLResponse(
        f'<!doctype html><html lang="{words.language}" dir="{direction(words.language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style>{source}</head>"
        f"<body>{band}{navigation}<main>{body}</main></body></html>",
        status_code=status,
        headers={**HEADERS, "content-language": words.language, **(headers or {})},
    )


_NAMES = {"en": "English", "es": "Español", "ar": "العربية"}
