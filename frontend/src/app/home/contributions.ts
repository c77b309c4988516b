import { alertsOnMap } from "@/features/alerts/map";
import { receivedOnMap } from "@/features/alerts/received-map";
import { hazardsOnMap } from "@/features/hazards/map";
import { helpOnMap } from "@/features/incidents/help-map";
import { incidentsOnMap } from "@/features/incidents/map";
import type { MapContribution } from "@/map/types";

/** What is on the map, drawn in this order: the last one lies on top. A new feature adds a line. */
export const CONTRIBUTIONS: readonly MapContribution[] = [receivedOnMap, alertsOnMap, hazardsOnMap, incidentsOnMap, helpOnMap];
