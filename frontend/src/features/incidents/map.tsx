import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { LayerSpecification } from "maplibre-gl";
import { useMemo, type ReactNode } from "react";
import type { Incident, IncidentStatus } from "@/api/types";
import { STATUSES, STATUS_SHAPE, statusColour } from "@/components/meanings";
import { t } from "@/i18n";
import { lonLat } from "@/lib/coordinates";
import { usePointLayer, useSymbols } from "@/map/context";
import type { Symbol } from "@/map/symbols";
import { asPoints, type LayerProps, type MapContribution, type MapFilter, type MapItem, type MapItems } from "@/map/types";
import { openIncidentsQuery } from "./api/incidents";
import { IncidentPanel } from "./components/IncidentPanel";
import { IncidentRow } from "./components/IncidentRow";

/** Without a choice the map shows what is still going on. */
const OPEN: readonly IncidentStatus[] = ["reported", "active", "demobilizing"];
const LIMIT = 500;

const toItem = (incident: Incident): MapItem => ({
  key: `incident:${incident.id}`,
  title: incident.name,
  kind: incident.kind,
  time: incident.declared_at,
  at: lonLat(incident.location),
  properties: { symbol: `incident-${incident.status}` },
  row: <IncidentRow incident={incident} />,
});

function useItems({ exercise, kind, statuses, since }: MapFilter, shown: boolean): MapItems {
  const query = useQuery({
    ...openIncidentsQuery({ exercise, statuses: statuses.length > 0 ? statuses : OPEN }, LIMIT),
    enabled: shown,
    placeholderData: keepPreviousData,
  });
  // While another filter is asked for, the last answer stays; what belongs to the other world never does.
  const page = shown ? query.data : undefined;
  const items = useMemo(
    () => page?.items.filter((i) => i.exercise === exercise && (kind === null || i.kind === kind) && (since === null || i.declared_at >= since)).map(toItem) ?? [],
    [page, since, exercise, kind],
  );
  return {
    items,
    truncated: typeof page?.next === "string",
    loading: shown && query.isPending,
    error: query.error,
    retry: () => void query.refetch(),
  };
}

const SYMBOLS: Readonly<Record<string, Symbol>> = Object.fromEntries(
  STATUSES.map((status) => [`incident-${status}`, { shape: "pin", colour: `--status-${status}`, sign: STATUS_SHAPE[status] }]),
);
const CLICKABLE = ["incidents-one", "incidents-many"];

const css = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const text = { "text-font": ["Inter Variable", "system-ui", "sans-serif"], "text-size": 12 };

const layers = (source: string): LayerSpecification[] => [
  {
    id: "incidents-many",
    type: "symbol",
    source,
    filter: ["has", "point_count"],
    layout: {
      "icon-image": "incident-active",
      "icon-anchor": "bottom",
      "icon-allow-overlap": true,
      "text-field": ["concat", "×", ["get", "point_count_abbreviated"]],
      "text-anchor": "left",
      "text-offset": [1.2, -1.8],
      "text-allow-overlap": true,
      ...text,
    },
    paint: { "text-color": css("--ink-1"), "text-halo-color": css("--map-halo"), "text-halo-width": 2 },
  },
  {
    id: "incidents-one",
    type: "symbol",
    source,
    filter: ["!", ["has", "point_count"]],
    layout: {
      "icon-image": ["get", "symbol"],
      "icon-anchor": "bottom",
      "icon-allow-overlap": true,
      "text-field": ["get", "title"],
      "text-anchor": "left",
      "text-offset": [1.4, -1.8],
      "text-optional": true,
      "text-max-width": 12,
      "text-justify": "left",
      ...text,
    },
    paint: { "text-color": css("--ink-1"), "text-halo-color": css("--map-halo"), "text-halo-width": 2 },
  },
];

function Layer({ items, onOpen }: LayerProps): ReactNode {
  useSymbols(SYMBOLS);
  const data = useMemo(() => asPoints(items), [items]);
  usePointLayer({ id: "incidents", data, layers, clickable: CLICKABLE, onOpen });
  return null;
}

const Legend = (): ReactNode => (
  <ul className="flex flex-col gap-0.5">
    {STATUSES.map((status) => (
      <li key={status} className="flex gap-2">
        <span aria-hidden className="w-4 text-center" style={{ color: statusColour(status) }}>
          {STATUS_SHAPE[status]}
        </span>
        {t(`common.status.${status}`)}
      </li>
    ))}
  </ul>
);

export const incidentsOnMap: MapContribution = {
  prefix: "incident",
  label: "map.layer.incidents",
  useItems,
  Layer,
  Legend,
  Panel: IncidentPanel,
};
