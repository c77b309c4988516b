"""The frame of every public page: readable on a phone, dark and light, without a script, printable."""

from __future__ import annotations

import base64
import hashlib
from html import escape

from muster.alerts.v1.messages import mark

STYLE = """
:root{color-scheme:light dark;--ink:#16202b;--paper:#fff;--soft:#eef1f4;--line:#c9d1d9;--link:#0b57d0}
@media(prefers-color-scheme:dark){:root{--ink:#e8edf2;--paper:#12181f;--soft:#1c252e;--line:#3a4652;--link:#8ab4f8}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:1.0625rem/1.55 system-ui,sans-serif}
body{overflow-wrap:anywhere}
main,header,footer{max-width:44rem;margin:0 auto;padding:1rem}
h1{font-size:1.6rem;line-height:1.25;margin:.5rem 0}h2{font-size:1.2rem;margin:1.5rem 0 .25rem}
a{color:var(--link)}a:focus-visible{outline:3px solid var(--link);outline-offset:2px}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem;margin:1rem 0;padding:.75rem 1rem}
dl{background:var(--soft);border-radius:6px}
dt{font-weight:600}dd{margin:0}
article{border-block-start:1px solid var(--line);padding-block:1rem}
ul.list{list-style:none;padding:0;margin:0}
ul.list>li{border:1px solid var(--line);border-radius:6px;padding:.75rem 1rem;margin:.75rem 0}
.band{background:repeating-linear-gradient(45deg,#ffd400 0 1rem,#111 1rem 2rem);padding:.5rem;text-align:center}
.band strong{display:inline-block;background:#ffd400;color:#111;padding:.25rem .75rem;letter-spacing:.08em}
.state{font-weight:600}.do{border-inline-start:4px solid var(--link);padding-inline-start:1rem}
nav ul{display:flex;flex-wrap:wrap;gap:.5rem 1rem;list-style:none;padding:0}
"""
_DIGEST = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{_DIGEST}'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)
# A shape and a word for each severity: colour is never needed to tell them apart.
SIGNS = {"Extreme": "◆", "Severe": "▲", "Moderate": "■", "Minor": "●", "Unknown": "○"}


def band(status: str, language: str) -> str:
    """What nobody can miss on a page of an exercise or a test; empty for what is real."""
    said = mark(status, language)
    return f'<p class="band" role="note"><strong>{escape(said)}</strong></p>' if said else ""


def page(title: str, body: str, *, status: str, language: str, way: str) -> str:
    """A whole page; `body` is HTML already, the title a text."""
    said = mark(status, language)
    heading = f"{said}: {title}" if said else title
    stripe = band(status, language)
    return (
        f'<!doctype html>\n<html lang="{escape(language)}" dir="{way}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(heading)}</title>\n<style>{STYLE}</style>\n"
        '<link rel="alternate" type="application/atom+xml" href="/api/v1/feeds/alerts.atom">\n'
        f"</head>\n<body>\n{stripe}\n{body}\n{stripe}\n</body>\n</html>\n"
    )
