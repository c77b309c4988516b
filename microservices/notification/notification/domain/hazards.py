"""The hazards that a subscriber may choose, and which of them an alert's hazard belongs to."""

from __future__ import annotations

# A subscriber chooses by these; an alert says its hazard by an OASIS event term's words or code, or its author's own.
GROUPS: dict[str, tuple[str, ...]] = {
    "earthquake": ("earthquake", "aftershock", "landslide"),
    "tsunami": ("tsunami", "seiche"),
    "flood": ("flood", "flash flood", "river flood", "coastal flood", "storm surge", "dam", "levee", "high water"),
    "fire": ("fire", "wildfire", "forest fire", "grass fire", "smoke", "red flag"),
    "storm": ("storm", "thunderstorm", "tornado", "hurricane", "typhoon", "cyclone", "tropical", "wind", "gale", "hail",
              "lightning", "waterspout", "dust storm", "sandstorm"),
    "winter": ("winter", "snow", "blizzard", "ice", "freezing", "frost", "avalanche", "cold", "wind chill"),
    "heat": ("heat", "drought", "uv"),
    "volcano": ("volcano", "volcanic", "ash", "lahar"),
    "health": ("health", "disease", "epidemic", "pandemic", "contamination", "water", "food", "air quality"),
    "hazardous-materials": ("hazardous", "chemical", "radiological", "nuclear", "gas", "spill", "explosion",
                            "biological"),
    "public-safety": ("safety", "civil", "shooter", "terrorism", "missing", "abduction", "amber", "evacuation",
                      "shelter", "law enforcement", "bomb", "curfew"),
    "infrastructure": ("infrastructure", "power", "utility", "telephone", "transport", "road", "rail", "911", "112"),
}  # fmt: skip


def groups_of(hazard: str) -> list[str] | None:
    """The groups whose subscribers an alert is for; None if it is for all: no word of it is in a group.

    Nobody misses a warning because its author found a word of his own.
    """
    said = " ".join(hazard.replace("-", " ").replace("_", " ").casefold().split())
    padded = f" {said} "
    found = [
        group
        for group, words in GROUPS.items()
        if said == group.replace("-", " ")
        or any(f" {word} " in padded or f" {word}s " in padded for word in words)
    ]
    return found or None
