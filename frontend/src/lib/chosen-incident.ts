import { create } from "zustand";
import { persist } from "zustand/middleware";

interface ChosenIncident {
  chosen: { id: string; name: string; exercise: boolean } | null;
}

/** The incident someone works in; it stays chosen from page to page and over a reload. */
export const chosenIncidentStore = create<ChosenIncident>()(
  persist((): ChosenIncident => ({ chosen: null }), { name: "muster.incident" }),
);

export const chooseIncident = (incident: { id: string; name: string; exercise: boolean }): void => {
  chosenIncidentStore.setState({ chosen: { id: incident.id, name: incident.name, exercise: incident.exercise } });
};

export const leaveIncident = (): void => {
  chosenIncidentStore.setState({ chosen: null });
};
