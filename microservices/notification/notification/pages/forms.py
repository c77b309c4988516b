"""The forms of the public pages. What was typed stays, and a fault stands beside its field."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from muster.alerts.v1.messages import direction
from notification.domain.hazards import GROUPS
from notification.domain.subscribers import LANGUAGES, SEVERITIES, Wish, severity_of
from notification.pages.layout import Words

Faults = Mapping[str, tuple[str, str]]


class Form:
    """Fields with what was typed in them, and what is wrong with it."""

    def __init__(self, words: Words, typed: Mapping[str, str], faults: Faults) -> None:
        """`faults` as `WishError` has them."""
        self._words, self._typed, self._faults = words, typed, faults

    def value(self, name: str) -> str:
        """What was typed."""
        return self._typed.get(name, "")

    def summary(self) -> str:
        """What is wrong, at the top, each with a way to its field."""
        if not self._faults:
            return ""
        items = "".join(
            f'<li><a href="#{name}">{self._words(f"error-{word}")}</a></li>'
            for name, (word, _) in self._faults.items()
        )
        return f'<div class="summary" role="alert"><h2>{self._words("error-title")}</h2><ul>{items}</ul></div>'

    def _fault(self, name: str) -> str:
        if name not in self._faults:
            return ""
        return f'<p class="fault" id="{name}-fault">{self._words(f"error-{self._faults[name][0]}")}</p>'

    def _marks(self, name: str, hint: str | None) -> str:
        described = [f"{name}-hint"] if hint else []
        wrong = name in self._faults
        if wrong:
            described.append(f"{name}-fault")
        marks = f' aria-describedby="{" ".join(described)}"' if described else ""
        return marks + (' aria-invalid="true"' if wrong else "")

    def field(
        self, name: str, label: str, *, hint: str | None = None, kind: str = "text", more: str = ""
    ) -> str:
        """A field of one line."""
        told = f'<p class="hint" id="{name}-hint">{self._words(hint)}</p>' if hint else ""
        return (
            f'<label for="{name}">{self._words(label)}</label>{told}{self._fault(name)}'
            f'<input id="{name}" name="{name}" type="{kind}" value="{escape(self.value(name))}" {more}'
            f"{self._marks(name, hint)}>"
        )

    def area(self, name: str, label: str, hint: str) -> str:
        """A field of many lines."""
        return (
            f'<label for="{name}">{self._words(label)}</label><p class="hint" id="{name}-hint">{self._words(hint)}</p>'
            f'{self._fault(name)}<textarea id="{name}" name="{name}" dir="ltr" spellcheck="false"'
            f"{self._marks(name, hint)}>{escape(self.value(name))}</textarea>"
        )

    def check(self, name: str, value: str, label: str, *, kind: str = "checkbox") -> str:
        """A box to tick, or one of several to choose."""
        chosen = value in self.value(name).split()
        identity = name if kind == "radio" and value == SEVERITIES[0] else f"{name}-{value}"
        return (
            f'<label class="check"><input type="{kind}" id="{identity}" name="{name}" value="{value}"'
            f"{' checked' if chosen else ''}>{self._words(label)}</label>"
        )

    def languages(self) -> str:
        """In which language to write."""
        options = "".join(
            f'<option value="{tag}" lang="{tag}" dir="{direction(tag)}"'
            f"{' selected' if self.value('language') == tag else ''}>{escape(name)}</option>"
            for tag, name in LANGUAGES.items()
        )
        label = self._words("language")
        return (
            f'<label for="language">{label}</label>{self._fault("language")}'
            f'<select id="language" name="language">{options}</select>'
        )


def wish_fields(words: Words, form: Form) -> str:
    """Where, what, and when not."""
    severities = "".join(
        form.check("severity", severity, f"severity-{severity}", kind="radio")
        for severity in SEVERITIES
    )
    hazards = "".join(form.check("hazards", group, f"hazard-{group}") for group in GROUPS)
    opened = " open" if form.value("area") else ""
    left = 'dir="ltr" autocomplete="off"'
    return (
        f"<fieldset><legend>{words('where')}</legend>"
        f"{form.field('coordinates', 'coordinates', hint='coordinates-hint', more=left)}"
        f'<button type="button" class="plain" id="here" hidden>{words("here")}</button>'
        f"{form.field('place', 'place', hint='place-hint', more='maxlength=200 autocomplete=street-address')}"
        f"<details{opened}><summary>{words('area')}</summary>{form.area('area', 'area', 'area-hint')}</details>"
        f"</fieldset><fieldset><legend>{words('what')}</legend>"
        f'<div role="radiogroup" aria-labelledby="severity-title"><p id="severity-title">{words("severity")}</p>'
        f"{severities}</div>"
        f'<div role="group" aria-labelledby="hazards"><p id="hazards" tabindex="-1">{words("hazards")}</p>'
        f'<p class="hint">{words("hazards-hint")}</p>{hazards}</div></fieldset>'
        f"<fieldset><legend>{words('when')}</legend>"
        f'<p class="hint">{words("when-hint")}</p><div class="pair"><div>'
        f"{form.field('quiet_from', 'quiet-from', kind='time')}</div><div>"
        f"{form.field('quiet_until', 'quiet-until', kind='time')}</div></div>"
        f"{form.field('timezone', 'timezone', more=left)}"
        f"{form.field('per_day', 'per-day', kind='number', more='min=1 max=100 inputmode=numeric')}</fieldset>"
    )


def address_fields(words: Words, form: Form) -> str:
    """How to reach somebody."""
    left = 'dir="ltr"'
    phone = f'{left} autocomplete="tel" inputmode="tel"'
    email = f'{left} autocomplete="email" inputmode="email" spellcheck="false"'
    opened = " open" if form.value("web_hook") else ""
    return (
        f'<fieldset><legend>{words("how")}</legend><p class="hint">{words("how-hint")}</p>'
        f"{form.field('phone', 'phone', hint='phone-hint', kind='tel', more=phone)}"
        f"{form.field('email', 'email', more=email)}"
        f'<div id="push" hidden data-on="{words("push-on")}"><p class="soft">{words("web-push")}</p>'
        f'<button type="button" class="plain" id="push-button">{words("push-button")}</button>'
        f'<input type="hidden" id="web_push" name="web_push" value="{escape(form.value("web_push"))}"></div>'
        f"<details{opened}><summary>{words('web-hook')}</summary>"
        f"{form.field('web_hook', 'web-hook', hint='web-hook-hint', kind='url', more=left)}</details>"
        f"{form.languages()}</fieldset>"
    )


def typed_of(wish: Wish, area: str) -> dict[str, str]:
    """A stored wish as it would be typed."""
    return {
        "coordinates": "" if wish.at is None else f"{wish.at[1]:.4f}, {wish.at[0]:.4f}",
        "place": wish.place or "",
        "area": area,
        "severity": severity_of(wish.min_severity),
        "hazards": " ".join(wish.hazards or []),
        "quiet_from": f"{wish.quiet[0]:%H:%M}" if wish.quiet else "",
        "quiet_until": f"{wish.quiet[1]:%H:%M}" if wish.quiet else "",
        "timezone": wish.tz,
        "per_day": "" if wish.per_day is None else str(wish.per_day),
        "language": wish.language,
    }
