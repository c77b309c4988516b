"""The positions of the Incident Command System (NIMS) and who may hold one together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

Hold = Literal["one", "one_per_organization", "many"]


@dataclass(frozen=True, slots=True)
class Position:
    """A position of the ICS organization; `hold` says how many people may hold it at a time."""

    key: str
    title: str
    section: str
    hold: Hold = "one"

    @property
    def unified(self) -> bool:
        """Whether several organizations may hold it together (Unified Command)."""
        return self.hold == "one_per_organization"


INCIDENT_COMMANDER = "incident_commander"

POSITIONS: dict[str, Position] = {
    position.key: position
    for position in (
        Position(INCIDENT_COMMANDER, "Incident Commander", "Command", "one_per_organization"),
        Position("deputy_incident_commander", "Deputy Incident Commander", "Command", "many"),
        Position("public_information_officer", "Public Information Officer", "Command"),
        Position("safety_officer", "Safety Officer", "Command"),
        Position("liaison_officer", "Liaison Officer", "Command"),
        Position("agency_representative", "Agency Representative", "Command", "many"),
        Position("operations_section_chief", "Operations Section Chief", "Operations"),
        Position("staging_area_manager", "Staging Area Manager", "Operations", "many"),
        Position("branch_director", "Branch Director", "Operations", "many"),
        Position("division_group_supervisor", "Division/Group Supervisor", "Operations", "many"),
        Position("task_force_leader", "Strike Team/Task Force Leader", "Operations", "many"),
        Position("air_operations_director", "Air Operations Branch Director", "Operations"),
        Position("planning_section_chief", "Planning Section Chief", "Planning"),
        Position("resources_unit_leader", "Resources Unit Leader", "Planning"),
        Position("situation_unit_leader", "Situation Unit Leader", "Planning"),
        Position("documentation_unit_leader", "Documentation Unit Leader", "Planning"),
        Position("demobilization_unit_leader", "Demobilization Unit Leader", "Planning"),
        Position("technical_specialist", "Technical Specialist", "Planning", "many"),
        Position("logistics_section_chief", "Logistics Section Chief", "Logistics"),
        Position("communications_unit_leader", "Communications Unit Leader", "Logistics"),
        Position("medical_unit_leader", "Medical Unit Leader", "Logistics"),
        Position("food_unit_leader", "Food Unit Leader", "Logistics"),
        Position("supply_unit_leader", "Supply Unit Leader", "Logistics"),
        Position("facilities_unit_leader", "Facilities Unit Leader", "Logistics"),
        Position("ground_support_unit_leader", "Ground Support Unit Leader", "Logistics"),
        Position(
            "finance_administration_section_chief",
            "Finance/Administration Section Chief",
            "Finance/Administration",
        ),
        Position("time_unit_leader", "Time Unit Leader", "Finance/Administration"),
        Position("procurement_unit_leader", "Procurement Unit Leader", "Finance/Administration"),
        Position("claims_unit_leader", "Compensation/Claims Unit Leader", "Finance/Administration"),
        Position("cost_unit_leader", "Cost Unit Leader", "Finance/Administration"),
        Position(
            "intelligence_section_chief",
            "Intelligence/Investigations Section Chief",
            "Intelligence/Investigations",
        ),
    )
}


def seat(position: Position, person_id: UUID, organization_id: UUID) -> str:
    """What two people cannot hold at a time: the position, a share of it, or only one's own."""
    match position.hold:
        case "one":
            return position.key
        case "one_per_organization":
            return f"{position.key}/{organization_id}"
        case "many":
            return f"{position.key}/{person_id}"
