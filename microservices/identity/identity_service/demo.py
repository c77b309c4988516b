"""The demo's two counties and the people in them, as data. Names are invented; outlines are rough."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from identity_service.service.organizations import NewOrganization


def _polygon(*corners: tuple[float, float]) -> dict[str, Any]:
    ring = [list(corner) for corner in (*corners, corners[0])]
    return {"type": "Polygon", "coordinates": [ring]}


# Longitude, latitude; counter-clockwise; within a few km of the county lines, for show and for "how near".
KERN_COUNTY = _polygon(
    (-120.194, 35.789),
    (-120.194, 35.614),
    (-120.086, 35.527),
    (-120.086, 35.352),
    (-119.882, 35.264),
    (-119.667, 35.175),
    (-119.561, 35.088),
    (-119.472, 35.077),
    (-119.472, 34.901),
    (-119.443, 34.901),
    (-119.277, 34.879),
    (-119.243, 34.814),
    (-118.977, 34.790),
    (-118.882, 34.818),
    (-117.667, 34.822),
    (-117.634, 34.823),
    (-117.634, 35.798),
    (-118.008, 35.789),
)
INYO_COUNTY = _polygon(
    (-118.008, 35.789),
    (-117.634, 35.796),
    (-115.736, 35.796),
    (-115.896, 36.002),
    (-117.166, 36.971),
    (-117.833, 37.465),
    (-118.427, 37.463),
    (-118.775, 37.463),
    (-118.670, 37.335),
    (-118.722, 37.198),
    (-118.658, 37.118),
    (-118.432, 37.058),
    (-118.384, 36.911),
    (-118.362, 36.745),
    (-118.292, 36.578),
    (-118.100, 36.440),
    (-118.064, 36.240),
    (-118.008, 35.980),
)

KERN = NewOrganization(
    name="Kern County Emergency Services",
    time_zone="America/Los_Angeles",
    units="us",
    area=KERN_COUNTY,
)
INYO = NewOrganization(
    name="Inyo County Emergency Services",
    time_zone="America/Los_Angeles",
    units="us",
    area=INYO_COUNTY,
)
ORGANIZATIONS = (KERN, INYO)


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody who can sign in to the demo; `role` is a starting role's key."""

    username: str
    name: str
    role: str
    organization: str = KERN.name


PEOPLE: tuple[DemoPerson, ...] = (
    DemoPerson("incident-commander", "Maya Torres", "incident-commander"),
    DemoPerson("operations-section-chief", "Daniel Okafor", "operations-section-chief"),
    DemoPerson("planning-section-chief", "Priya Raman", "planning-section-chief"),
    DemoPerson("logistics-section-chief", "Tom Lindqvist", "logistics-section-chief"),
    DemoPerson(
        "finance-administration-section-chief",
        "Grace Whitfield",
        "finance-administration-section-chief",
    ),
    DemoPerson("public-information-officer", "Elena Vasquez", "public-information-officer"),
    DemoPerson("safety-officer", "Marcus Bell", "safety-officer"),
    DemoPerson("dispatcher", "Hannah Kim", "dispatcher"),
    DemoPerson("shelter-manager", "Joseph Tsosie", "shelter-manager"),
    DemoPerson("responder", "Sam Delgado", "responder"),
    DemoPerson("auditor", "Ruth Abernathy", "auditor"),
    DemoPerson("administrator", "Lee Nakamura", "administrator"),
    DemoPerson("neighbour-commander", "Anders Holm", "incident-commander", INYO.name),
)
