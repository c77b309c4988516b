"""The templates an organization starts with: few, short, and to be changed; `{field}` is filled in when drafting."""

from __future__ import annotations

from typing import Any


def _field(key: str, label: str, example: str, *, required: bool = True) -> dict[str, Any]:
    return {
        "key": key,
        "label": label,
        "required": required,
        "choices": [],
        "example": example,
    }


def _starter(
    name: str, term: str, words: str, responses: list[str], minutes: int, **text: Any
) -> dict[str, Any]:
    category, urgency, severity, certainty = words.split()
    return {
        "name": name,
        "fields": text.pop("fields"),
        "content": {
            "term": term,
            "categories": [category],
            "urgency": urgency,
            "severity": severity,
            "certainty": certainty,
            "response_types": responses,
            "expires_after_minutes": minutes,
            "texts": [{"language": "en-US", **text}],
        },
    }


_PLACE = _field("place", "Where", "Cedar Creek")
STARTERS: tuple[dict[str, Any], ...] = (
    _starter(
        "Evacuation for wildfire",
        "wild-fire",
        "Fire Immediate Extreme Observed",
        ["Evacuate"],
        360,
        fields=[_PLACE, _field("route", "Way out", "Highway 178 west")],
        event="Wildfire",
        headline="Leave {place} now: wildfire",
        description="A wildfire is moving toward {place}. Your life is in danger if you stay.",
        instruction="Leave now by {route}. Take people and pets, not things. Do not return until told.",
        short="Wildfire near {place}. Leave now by {route}. Take people and pets, not things.",
        shortest="Wildfire: leave {place} now",
    ),
    _starter(
        "Flash flood",
        "flash-flood",
        "Met Immediate Severe Likely",
        ["Avoid", "Prepare"],
        180,
        fields=[_PLACE],
        event="Flash flood",
        headline="Flash flood at {place}",
        description="Water is rising fast at {place}.",
        instruction="Move to higher ground now. Do not walk or drive through water.",
        short="Flash flood at {place}. Move to higher ground now. Do not walk or drive through water.",
        shortest="Flash flood at {place}. Go to high ground now",
    ),
    _starter(
        "Boil water",
        "drinking-water",
        "Health Immediate Moderate Likely",
        ["Execute"],
        2880,
        fields=[_PLACE],
        event="Drinking water",
        headline="Boil your tap water in {place}",
        description="Tap water in {place} may make you sick.",
        instruction="Boil tap water for one minute before you drink it or cook with it. Bottled water is safe.",
        short="Boil tap water in {place} for one minute before you drink or cook. Bottled water is safe.",
        shortest="Boil tap water in {place} before you drink it",
    ),
    _starter(
        "Shelter in place for chemicals",
        "chemical-hazard",
        "CBRNE Immediate Severe Observed",
        ["Shelter"],
        120,
        fields=[_PLACE, _field("what", "What leaked", "Chlorine gas")],
        event="Chemical hazard",
        headline="Stay inside in {place}: {what}",
        description="{what} is in the air at {place}. Breathing it can hurt you.",
        instruction="Go inside now. Close windows and doors. Turn off all fans. Wait for the all clear.",
        short="{what} in the air at {place}. Go inside. Close windows and doors. Wait for the all clear.",
        shortest="Stay inside at {place}. Close windows and doors",
    ),
    _starter(
        "Missing person",
        "missing-person",
        "Rescue Immediate Moderate Observed",
        ["Monitor"],
        720,
        fields=[
            _PLACE,
            _field("who", "Who", "A girl of 7 in a red coat"),
            _field("phone", "Call", "911"),
        ],
        event="Missing person",
        headline="Missing near {place}",
        description="{who} is missing. Last seen near {place}.",
        instruction="If you see them, call {phone}.",
        short="Missing near {place}: {who}. If you see them, call {phone}.",
        shortest="Missing near {place}. Call {phone}",
    ),
)
