"""How long an SMS is: GSM 03.38 packs 160 septets into one message, anything else is UCS-2 with 70 characters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")  # an escape and a character: two septets, never parted


@dataclass(frozen=True, slots=True)
class SmsLength:
    """What a text costs: `units` are septets (GSM-7) or 16-bit units (UCS-2), `parts` the messages it needs."""

    encoding: Literal["GSM-7", "UCS-2"]
    characters: int
    units: int
    parts: int
    left: int
    """Units that still fit into the last part."""
    foreign: str
    """The characters, each once, that GSM-7 does not have."""


def sms_length(text: str) -> SmsLength:
    """Count a text as the network will send it."""
    foreign = "".join(dict.fromkeys(one for one in text if one not in _BASIC | _EXTENDED))
    if foreign:
        weights = [len(one.encode("utf-16-be")) // 2 for one in text]
        single, joined = 70, 67
    else:
        weights = [2 if one in _EXTENDED else 1 for one in text]
        single, joined = 160, 153
    units = sum(weights)
    if units <= single:
        parts, left = 1, single - units
    else:
        parts, used = 1, 0
        for weight in weights:
            if used + weight > joined:
                parts, used = parts + 1, 0
            used += weight
        left = joined - used
    return SmsLength("UCS-2" if foreign else "GSM-7", len(text), units, parts, left, foreign)
