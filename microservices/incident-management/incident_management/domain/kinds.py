"""The published list of incident kinds, after the threats and hazards of FEMA's CPG 201.

Keys are stable and may be stored by anyone; names may be reworded; a kind is never taken away.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IncidentKind:
    key: str
    name: str
    group: str


_GROUPS: dict[str, dict[str, str]] = {
    "Geological": {
        "earthquake": "Earthquake",
        "tsunami": "Tsunami",
        "landslide": "Landslide or mudflow",
        "avalanche": "Avalanche",
        "volcanic_eruption": "Volcanic eruption",
        "sinkhole": "Sinkhole or subsidence",
    },
    "Weather": {
        "hurricane": "Hurricane, typhoon or cyclone",
        "tornado": "Tornado",
        "severe_storm": "Severe storm",
        "winter_storm": "Winter storm",
        "extreme_heat": "Extreme heat",
        "extreme_cold": "Extreme cold",
        "drought": "Drought",
        "space_weather": "Space weather",
    },
    "Water": {
        "flood": "Flood",
        "flash_flood": "Flash flood",
        "storm_surge": "Storm surge or coastal flood",
        "dam_failure": "Dam or levee failure",
    },
    "Fire": {
        "wildfire": "Wildfire",
        "structure_fire": "Structure fire",
        "urban_conflagration": "Urban conflagration",
    },
    "Technological": {
        "explosion": "Explosion",
        "hazardous_materials_release": "Hazardous materials release",
        "radiological_release": "Radiological or nuclear release",
        "pipeline_failure": "Pipeline failure",
        "power_outage": "Power outage",
        "utility_disruption": "Water, gas or telecommunications disruption",
        "structural_collapse": "Structural collapse",
        "mine_collapse": "Mine collapse",
        "cyber_incident": "Cyber incident",
    },
    "Transportation": {
        "aircraft_accident": "Aircraft accident",
        "rail_accident": "Rail accident",
        "road_accident": "Major road accident",
        "marine_accident": "Marine accident or oil spill",
    },
    "Health": {
        "mass_casualty": "Mass casualty incident",
        "epidemic": "Epidemic or pandemic",
        "contamination": "Food or water contamination",
        "animal_disease": "Animal or plant disease",
    },
    "Security": {
        "active_attacker": "Active attacker",
        "bomb_threat": "Bomb threat or suspicious object",
        "terrorism": "Act of terrorism",
        "civil_disturbance": "Civil disturbance",
    },
    "Search and rescue": {
        "missing_person": "Missing person",
        "wilderness_rescue": "Wilderness rescue",
        "water_rescue": "Water rescue",
    },
    "Other": {
        "evacuation": "Evacuation or mass care",
        "planned_event": "Planned event",
        "other": "Other",
    },
}

KINDS: tuple[IncidentKind, ...] = tuple(
    IncidentKind(key, name, group)
    for group, kinds in _GROUPS.items()
    for key, name in kinds.items()
)
KIND_KEYS: frozenset[str] = frozenset(kind.key for kind in KINDS)


def kind_for_hazard(hazard_kind: str) -> str:
    """The kind of incident that a hazard of a feed's kind makes."""
    key = hazard_kind.replace("-", "_")
    return key if key in KIND_KEYS else "other"
