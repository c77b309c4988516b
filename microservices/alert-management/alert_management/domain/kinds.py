"""What kind of event an alert speaks of, so that two publishers' words for it can be compared.

Families are coarse on purpose: whether two floods are the same flood is for place and time to say.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

# (family, beginnings of words in the languages of publishers we have seen). The first family with a match wins,
# so that a "flash flood" is a flood and a "tropical storm" no mere storm.
FAMILIES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("tsunami", ("tsunami",)),
    ("earthquake", ("earthquake", "quake", "seism", "erdbeben", "terremoto", "sismo")),
    ("volcano", ("volcan", "vulkan", "ashfall", "eruption", "lahar")),
    (
        "tropical cyclone",
        ("tropical", "hurricane", "typhoon", "cyclone", "ouragan", "huracan", "ciclon", "hurrikan"),
    ),
    ("tornado", ("tornado", "waterspout", "tornade")),
    ("storm surge", ("storm surge", "surge", "sturmflut")),
    ("dam break", ("dam break", "dam failure", "levee")),
    (
        "flood",
        ("flood", "inondation", "inundaci", "hochwasser", "uberschwemmung", "crue", "alluvion"),
    ),
    ("landslide", ("landslide", "debris flow", "mudslide", "glissement", "erdrutsch", "desliz")),
    ("avalanche", ("avalanch", "lawine", "alud")),
    (
        "wildfire",
        (
            "wildfire",
            "bushfire",
            "bush fire",
            "forest fire",
            "grass fire",
            "feu de foret",
            "waldbrand",
            "incendio forestal",
        ),
    ),
    ("fire weather", ("fire weather", "red flag", "fire danger")),
    ("thunderstorm", ("thunderstorm", "thunder", "orage", "gewitter", "tormenta", "lightning")),
    (
        "winter storm",
        (
            "winter",
            "blizzard",
            "snow",
            "ice storm",
            "freezing rain",
            "neige",
            "schnee",
            "nieve",
            "verglas",
            "glatteis",
        ),
    ),
    ("cold", ("cold", "freeze", "frost", "wind chill", "froid", "kalte", "frio")),
    ("heat", ("heat", "high temperature", "canicule", "hitze", "calor")),
    ("rain", ("rain", "pluie", "regen", "lluvia")),
    ("fog", ("fog", "brouillard", "nebel", "niebla")),
    ("dust", ("dust", "sand")),
    ("drought", ("drought", "water shortage", "durre", "secheresse", "sequia")),
    ("high surf", ("surf", "rip current", "small craft", "gale", "marine", "coastal", "beach")),
    ("wind", ("wind", "vent", "sturm", "viento", "storm")),
    ("air quality", ("air quality", "air stagnation", "smoke", "smog")),
    ("missing child", ("amber", "child abduction", "missing child")),
    (
        "hazardous material",
        ("hazardous material", "chemical", "toxic", "gas leak", "radiolog", "nuclear", "spill"),
    ),
    ("contagion", ("epidemic", "pandemic", "contagious", "disease", "outbreak", "boil water")),
)


def words_of(text: str) -> str:
    """Lower case, no accents, single spaces: `Inondation Élevée` becomes `inondation elevee`."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    return " ".join(re.findall(r"\w+", plain))


def family_of(event: str) -> str | None:
    """The family that an event's words name; None where no table of ours knows it."""
    padded = f" {words_of(event)}"
    for family, beginnings in FAMILIES:
        if any(f" {beginning}" in padded for beginning in beginnings):
            return family
    return None


def kinds_of(events: Iterable[str], codes: Iterable[str]) -> frozenset[str]:
    """By what an event can be recognized: its codes (`SAME:TOR`), its family, else its own words."""
    found = {f"code {code}" for code in codes}
    for event in events:
        family = family_of(event)
        found.add(family if family is not None else f"“{words_of(event)}”")
    return frozenset(found)
