from __future__ import annotations

from identity_service.catalogue import PERMISSIONS, STARTING_ROLES
from identity_service.demo import INYO_COUNTY, KERN_COUNTY, PEOPLE
from identity_service.domain import ADMINISTRATION
from identity_service.permissions import Permission
from muster_core.geo import PolygonGeometry, distance_km


def test_every_starting_role_is_made_of_known_permissions() -> None:
    known = {entry.name for entry in PERMISSIONS}

    assert len(known) == len(PERMISSIONS)
    assert all(entry.description.endswith(".") for entry in PERMISSIONS)
    assert all(role.permissions <= known for role in STARTING_ROLES)
    own = {entry.name for entry in PERMISSIONS if entry.service == "identity"}
    assert own == {str(permission) for permission in Permission}


def test_the_administrator_can_grant_every_starting_role() -> None:
    administrator = next(role for role in STARTING_ROLES if role.key == "administrator")

    assert administrator.permissions >= ADMINISTRATION
    assert all(role.permissions <= administrator.permissions for role in STARTING_ROLES)


def test_there_is_a_demo_account_per_starting_role_and_a_neighbour() -> None:
    own = {person.username for person in PEOPLE if person.username == person.role}

    assert own == {role.key for role in STARTING_ROLES}
    assert {person.username for person in PEOPLE} - own == {"neighbour-commander"}


def test_the_counties_are_sound_areas_with_their_towns_in_them() -> None:
    for area in (KERN_COUNTY, INYO_COUNTY):
        PolygonGeometry.model_validate(area)
    bakersfield, ridgecrest, independence = (-119.02, 35.37), (-117.67, 35.62), (-118.20, 36.80)
    assert distance_km(*bakersfield, KERN_COUNTY) == 0
    assert distance_km(*ridgecrest, KERN_COUNTY) == 0
    assert distance_km(*independence, INYO_COUNTY) == 0
    assert distance_km(*bakersfield, INYO_COUNTY) > 50
