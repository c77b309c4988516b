import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo, type ReactNode } from "react";
import type { LayerSpecification } from "maplibre-gl";
import type { Hazard } from "@/api/types";
import { SEVERITIES, SEVERITY_SHAPE, severityColour } from "@/components/meanings";
import { useNow } from "@/components/Time";
import { t } from "@/i18n";
import { lonLat } from "@/lib/coordinates";
import { usePointLayer, useSymbols } from "@/map/context";
import { SEVERITY_SYMBOL, type Symbol } from "@/map/symbols";
import { asPoints, type LayerProps, type MapContribution, type MapFilter, type MapItem, type MapItems } from "@/map/types";
import { mapHazardsQuery, type HazardFilter } from "./api/hazards";
import { HazardPanel } from "./components/HazardPanel";
import { HazardRow } from "./components/HazardRow";

const HOUR_MS = 3_600_000;

/** The worst of a cluster decides its colour. */
const rank = (hazard: Hazard): number => SEVERITIES.length - SEVERITIES.indexOf(hazard.severity);

const toItem = (hazard: Hazard, now: number): MapItem => ({
  key: `hazard:${hazard.id}`,
  title: hazard.title,
  kind: hazard.kind,
  time: hazard.occurred_at,
  at: lonLat(hazard.location),
  properties: {
    symbol: `hazard-${hazard.severity}`,
    magnitude: hazard.magnitude ?? 0,
    label: hazard.magnitude === null ? "" : hazard.magnitude.toFixed(1),
    rank: rank(hazard),
    recent: now - Date.parse(hazard.occurred_at) < HOUR_MS,
  },
  row: <HazardRow hazard={hazard} />,
});

/** The newest of the world; when there are more than one screen takes, the newest of what is in view. */
function useItems(filter: MapFilter, shown: boolean): MapItems {
  const { exercise, kind, minMagnitude, since, bbox } = filter;
  // The kind is chosen here: the address may name an incident's kind, which no feed knows.
  const wanted: HazardFilter = { exercise, minMagnitude, since };
  const all = useQuery({ ...mapHazardsQuery(wanted), enabled: shown, placeholderData: keepPreviousData });
  const tooMany = typeof all.data?.next === "string";
  const inView = useQuery({ ...mapHazardsQuery({ ...wanted, bbox }), enabled: shown && tooMany && bbox !== null, placeholderData: keepPreviousData });
  const query = tooMany && inView.data ? inView : all;
  // Whole minutes: the layer is drawn anew each time that its items change.
  const now = Math.floor(useNow() / 60_000) * 60_000;
  // While another filter is asked for, the last answer stays; what belongs to the other world never does.
  const page = shown ? query.data : undefined;
  const items = useMemo(() => page?.items.filter((h) => !h.deleted && h.exercise === exercise && (kind === null || h.kind === kind)).map((h) => toItem(h, now)) ?? [], [page, now, exercise, kind]);
  return {
    items,
    truncated: typeof page?.next === "string",
    loading: shown && query.isPending,
    error: query.error,
    retry: () => void query.refetch(),
  };
}

const SYMBOLS: Readonly<Record<string, Symbol>> = Object.fromEntries(SEVERITIES.map((s) => [`hazard-${s}`, SEVERITY_SYMBOL[s]]));
const CLUSTER = { worst: ["max", ["get", "rank"]] };
const CLICKABLE = ["hazards-one", "hazards-many"];

const css = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const layers = (source: string): LayerSpecification[] => [
  {
    id: "hazards-many",
    type: "circle",
    source,
    filter: ["has", "point_count"],
    paint: {
      "circle-color": css("--surface-1"),
      "circle-radius": ["interpolate", ["linear"], ["get", "point_count"], 2, 12, 50, 18, 500, 25],
      "circle-stroke-width": 3,
      "circle-stroke-color": [
        "match",
        ["get", "worst"],
        5, css("--severity-extreme"),
        4, css("--severity-severe"),
        3, css("--severity-moderate"),
        2, css("--severity-minor"),
        css("--severity-unknown"),
      ],
    },
  },
  {
    id: "hazards-count",
    type: "symbol",
    source,
    filter: ["has", "point_count"],
    layout: {
      "text-field": ["get", "point_count_abbreviated"],
      "text-font": ["Inter Variable", "system-ui", "sans-serif"],
      "text-size": 12,
      "text-allow-overlap": true,
    },
    paint: { "text-color": css("--ink-1") },
  },
  {
    id: "hazards-recent",
    type: "circle",
    source,
    filter: ["all", ["!", ["has", "point_count"]], ["get", "recent"]],
    paint: {
      "circle-radius": ["interpolate", ["linear"], ["get", "magnitude"], 2, 14, 7, 24],
      "circle-color": "transparent",
      "circle-stroke-color": css("--ink-1"),
      "circle-stroke-width": 1.5,
    },
  },
  {
    id: "hazards-one",
    type: "symbol",
    source,
    filter: ["!", ["has", "point_count"]],
    layout: {
      "icon-image": ["get", "symbol"],
      // 20 px for the smallest, 40 px for the greatest.
      "icon-size": ["interpolate", ["linear"], ["get", "magnitude"], 2.5, 0.5, 5, 0.72, 7, 1],
      "icon-allow-overlap": true,
      "symbol-sort-key": ["get", "magnitude"],
      "text-field": ["case", [">=", ["get", "magnitude"], 4], ["get", "label"], ""],
      "text-font": ["Inter Variable", "system-ui", "sans-serif"],
      "text-size": 12,
      "text-anchor": "top",
      "text-offset": [0, 1.1],
      "text-optional": true,
    },
    paint: {
      "text-color": css("--ink-1"),
      "text-halo-color": css("--map-halo"),
      "text-halo-width": 1.5,
    },
  },
];

function Layer({ items, onOpen }: LayerProps): ReactNode {
  useSymbols(SYMBOLS);
  const data = useMemo(() => asPoints(items), [items]);
  usePointLayer({ id: "hazards", data, layers, cluster: CLUSTER, clickable: CLICKABLE, onOpen });
  return null;
}

const Legend = (): ReactNode => (
  <ul className="flex flex-col gap-0.5">
    {SEVERITIES.map((severity) => (
      <li key={severity} className="flex gap-2">
        <span aria-hidden className="w-4 text-center" style={{ color: severityColour(severity) }}>
          {SEVERITY_SHAPE[severity]}
        </span>
        {t(`common.severity.${severity}`)}
      </li>
    ))}
    <li className="text-ink-3">{t("map.size")}</li>
    <li className="text-ink-3">{t("map.recent")}</li>
  </ul>
);

export const hazardsOnMap: MapContribution = {
  prefix: "hazard",
  label: "map.layer.hazards",
  useItems,
  Layer,
  Legend,
  Panel: HazardPanel,
};
