import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { LayerSpecification } from "maplibre-gl";
import { useMemo, type ReactNode } from "react";
import type { Alert, ListedAlert } from "@/api/types";
import { useMay } from "@/auth/me";
import { SEVERITIES, SEVERITY_SHAPE, SeverityMark, severityColour } from "@/components/meanings";
import { t } from "@/i18n";
import { areaLayers } from "@/map/area-layers";
import { useAreaLayer } from "@/map/areas";
import { usePointLayer, useSymbols } from "@/map/context";
import { SEVERITY_SYMBOL, type Symbol } from "@/map/symbols";
import { asPoints, type LayerProps, type MapContribution, type MapFilter, type MapItem, type MapItems } from "@/map/types";
import { someAlertsQuery } from "./api/alerts";
import { AlertPanel } from "./components/AlertPanel";
import { Expiry } from "./components/marks";
import { mapAreas, middleOf, type Outline } from "./geometry";
import { STATUSES_OF } from "./states";

const LIMIT = 200;

interface Outlined extends MapItem {
  shapes: readonly Outline[];
}

const isOutlined = (item: MapItem): item is Outlined => "shapes" in item;

const toItem = (alert: ListedAlert): Outlined => ({
  key: `alert:${alert.id}`,
  title: alert.headline,
  kind: alert.hazard || null,
  time: alert.sent ?? alert.drafted_at,
  at: middleOf(alert.extent),
  properties: { symbol: `alert-${alert.severity}`, severity: alert.severity, rank: SEVERITIES.length - SEVERITIES.indexOf(alert.severity) },
  row: <AlertRow alert={alert} />,
  shapes: alert.shapes ?? [],
});

/** One line of the list beside the map. */
const AlertRow = ({ alert }: { alert: Alert }): ReactNode => (
  <span className="flex w-full items-baseline gap-2">
    <span className="w-4 text-center" style={{ color: severityColour(alert.severity) }}>
      <span aria-hidden>{SEVERITY_SHAPE[alert.severity]}</span>
      <span className="sr-only">{t(`common.severity.${alert.severity}`)}</span>
    </span>
    <span className="shrink-0 text-xs font-semibold text-ink-2">{t(`alerts.type.${alert.msg_type}`)}</span>
    <span className="min-w-0 flex-1 truncate">{alert.headline}</span>
    <Expiry alert={alert} className="tabular shrink-0 text-xs text-ink-3" />
  </span>
);

/** What is in force in this world. */
function useItems({ exercise, kind, since, statuses }: MapFilter, shown: boolean): MapItems {
  const may = useMay("alerts:read");
  const wanted = shown && may;
  const query = useQuery({ ...someAlertsQuery({ exercise, statuses: STATUSES_OF.in_force, shapes: true }, LIMIT), enabled: wanted, placeholderData: keepPreviousData });
  const page = wanted ? query.data : undefined;
  // The filters by status are those of incidents: an alert has none of them.
  const incidentsOnly = statuses.length > 0;
  const items = useMemo(
    () =>
      page?.items
        .filter((one) => !incidentsOnly && one.msg_type !== "Cancel" && (one.exercise || one.test) === exercise && (kind === null || one.hazard === kind) && (since === null || (one.sent ?? "") >= since))
        .map(toItem) ?? [],
    [page, exercise, kind, since, incidentsOnly],
  );
  return { items, truncated: typeof page?.next === "string", loading: wanted && query.isPending, error: query.error, retry: () => void query.refetch() };
}

const SYMBOLS: Readonly<Record<string, Symbol>> = Object.fromEntries(
  SEVERITIES.map((severity) => [`alert-${severity}`, { ...SEVERITY_SYMBOL[severity], sign: "!" }]),
);
const CLICKABLE = ["alerts-one"];
const AREAS_CLICKABLE = ["alert-areas-fill"];

const layers = (source: string): LayerSpecification[] => [
  {
    id: "alerts-one",
    type: "symbol",
    source,
    filter: ["!", ["has", "point_count"]],
    layout: { "icon-image": ["get", "symbol"], "icon-size": 0.72, "icon-allow-overlap": true, "symbol-sort-key": ["get", "rank"] },
  },
  {
    id: "alerts-many",
    type: "symbol",
    source,
    filter: ["has", "point_count"],
    layout: {
      "icon-image": "alert-Unknown",
      "icon-size": 0.72,
      "icon-allow-overlap": true,
      "text-field": ["concat", "×", ["get", "point_count_abbreviated"]],
      "text-font": ["Inter Variable", "system-ui", "sans-serif"],
      "text-size": 12,
      "text-anchor": "left",
      "text-offset": [1.1, 0],
    },
    paint: { "text-color": getComputedStyle(document.documentElement).getPropertyValue("--ink-1").trim() },
  },
];

const mapLayers = areaLayers("alert-areas");

function Layer({ items, onOpen }: LayerProps): ReactNode {
  useSymbols(SYMBOLS);
  const areas = useMemo(() => items.filter(isOutlined).flatMap(({ key, shapes, properties }) => mapAreas(shapes, () => properties).map((area) => ({ ...area, key }))), [items]);
  useAreaLayer({ id: "alert-areas", areas, layers: mapLayers, clickable: AREAS_CLICKABLE, onOpen });
  const data = useMemo(() => asPoints(items), [items]);
  usePointLayer({ id: "alerts", data, layers, clickable: CLICKABLE, onOpen });
  return null;
}

const Legend = (): ReactNode => (
  <ul className="flex flex-col gap-0.5">
    {SEVERITIES.filter((severity) => severity !== "Unknown").map((severity) => (
      <li key={severity} className="flex items-center gap-2">
        <span aria-hidden className="h-3 w-4 border-2" style={{ borderColor: severityColour(severity), background: `color-mix(in srgb, ${severityColour(severity)} 18%, transparent)` }} />
        <SeverityMark severity={severity} />
      </li>
    ))}
  </ul>
);

export const alertsOnMap: MapContribution = { prefix: "alert", label: "map.layer.alerts", useItems, Layer, Legend, Panel: AlertPanel };
