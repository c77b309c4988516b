import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { Geometry } from "geojson";
import type { LayerSpecification } from "maplibre-gl";
import { useMemo, type ReactNode } from "react";
import { Link } from "react-router";
import type { ReceivedOnMap } from "@/api/types";
import { useMay } from "@/auth/me";
import { ExerciseMark, SEVERITY_SHAPE, SeverityMark, severityColour } from "@/components/meanings";
import { Facts } from "@/components/Page";
import { QueryView } from "@/components/QueryView";
import { Time } from "@/components/Time";
import { Button } from "@/components/ui/button";
import { t } from "@/i18n";
import { positions, useAreaLayer, type MapArea } from "@/map/areas";
import type { LayerProps, MapContribution, MapFilter, MapItem, MapItems } from "@/map/types";
import { receivedMapQuery, receivedOneQuery } from "./api/received";
import { SignatureMark } from "./components/marks";
import { ReceivedStateMark, Source } from "./components/received-marks";
import { middleOf } from "./geometry";

/** West, south, east, north of an outline, which is cut at the antimeridian. */
function middle(geometry: Geometry): MapItem["at"] {
  const corners = positions(geometry);
  const lons = corners.map(([lon]) => lon);
  const lats = corners.map(([, lat]) => lat);
  return corners.length === 0 ? null : middleOf([Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)]);
}

/** One line of the list beside the map: what, by whom, how long ago. */
const Row = ({ alert }: { alert: ReceivedOnMap["properties"] }): ReactNode => (
  <span className="flex w-full items-baseline gap-2">
    <span className="w-4 text-center" style={{ color: severityColour(alert.severity) }}>
      <span aria-hidden>{SEVERITY_SHAPE[alert.severity]}</span>
      <span className="sr-only">{t(`common.severity.${alert.severity}`)}</span>
    </span>
    <span className="min-w-0 flex-1 truncate">
      {alert.headline} <span className="text-xs text-ink-3">{alert.sender_name ?? alert.sender}</span>
    </span>
    <Time at={alert.sent} className="shrink-0 text-xs text-ink-3" />
  </span>
);

interface Outlined extends MapItem {
  geometry: Geometry;
}

const toItem = ({ geometry, properties }: ReceivedOnMap): Outlined => ({
  key: `received:${properties.id}`,
  title: properties.headline,
  kind: properties.event,
  time: properties.sent,
  at: middle(geometry as Geometry),
  properties: { severity: properties.severity },
  row: <Row alert={properties} />,
  geometry: geometry as Geometry,
});

const isOutlined = (item: MapItem): item is Outlined => "geometry" in item;

/** Alerts of others that hold now, in this world. */
function useItems({ exercise, kind, since, statuses }: MapFilter, shown: boolean): MapItems {
  const may = useMay("alerts:read");
  const wanted = shown && may;
  const query = useQuery({ ...receivedMapQuery(exercise), enabled: wanted, placeholderData: keepPreviousData });
  const found = wanted ? query.data : undefined;
  const incidentsOnly = statuses.length > 0;
  const items = useMemo(
    () =>
      found?.features
        .filter(({ properties }) => !incidentsOnly && properties.exercise === exercise && (kind === null || properties.event === kind) && (since === null || properties.sent >= since))
        .map(toItem) ?? [],
    [found, exercise, kind, since, incidentsOnly],
  );
  return { items, truncated: found?.complete === false, loading: wanted && query.isPending, error: query.error, retry: () => void query.refetch() };
}

const CLICKABLE = ["received-areas-fill"];
const css = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Thinner than our own, and dashed: others' words. */
const layers = (source: string): LayerSpecification[] => {
  const colour: NonNullable<Extract<LayerSpecification, { type: "line" }>["paint"]>["line-color"] = [
    "match",
    ["get", "severity"],
    "Extreme", css("--severity-extreme"),
    "Severe", css("--severity-severe"),
    "Moderate", css("--severity-moderate"),
    "Minor", css("--severity-minor"),
    css("--severity-unknown"),
  ];
  return [
    { id: "received-areas-fill", type: "fill", source, paint: { "fill-color": colour, "fill-opacity": 0.06 } },
    { id: "received-areas-line", type: "line", source, paint: { "line-color": colour, "line-width": 1.5, "line-dasharray": [3, 2] } },
  ];
};

function Layer({ items, onOpen }: LayerProps): ReactNode {
  const areas = useMemo(() => items.filter(isOutlined).map(({ key, geometry, properties }): MapArea => ({ key, geometry, properties })), [items]);
  useAreaLayer({ id: "received-areas", areas, layers, clickable: CLICKABLE, onOpen });
  return null;
}

const Legend = (): ReactNode => (
  <p className="flex items-center gap-2">
    <span aria-hidden className="h-3 w-4 border-2 border-dashed border-ink-3" />
    {t("receivedAlerts.legend")}
  </p>
);

/** An alert of others in the side panel of the map. */
function Panel({ id }: { id: string }): ReactNode {
  const query = useQuery(receivedOneQuery(id));
  return (
    <QueryView query={query}>
      {(alert) => (
        <article className="flex flex-col" aria-label={alert.headline}>
          <div className="flex flex-col gap-2 border-b border-line px-3 pt-1 pb-3">
            <h2 className="text-lg font-semibold">{alert.headline}</h2>
            <div className="flex flex-wrap items-center gap-2">
              <SeverityMark severity={alert.severity} />
              <ReceivedStateMark state={alert.state} />
              <SignatureMark state={alert.signature} />
              <ExerciseMark exercise={alert.exercise} />
            </div>
            <Button asChild className="self-start">
              <Link to={`/alerts/received/${alert.thread_id}?alert=${alert.id}`}>{t("map.openPage")}</Link>
            </Button>
          </div>
          <Facts
            facts={[
              [t("receivedAlerts.event"), alert.event],
              [t("receivedAlerts.publishers"), alert.sender_name ?? alert.sender],
              [t("receivedAlerts.area"), alert.area],
              [t("receivedAlerts.sent"), <Time key="sent" at={alert.sent} />],
              [t("receivedAlerts.expires"), <Time key="expires" at={alert.expires_at} />],
              [t("receivedAlerts.source"), <Source key="source" alert={alert} />],
              [t("receivedAlerts.received"), <Time key="received" at={alert.received_at} />],
            ]}
          />
        </article>
      )}
    </QueryView>
  );
}

export const receivedOnMap: MapContribution = { prefix: "received", label: "map.layer.received", useItems, Layer, Legend, Panel };
