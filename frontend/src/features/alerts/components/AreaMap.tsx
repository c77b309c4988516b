import { useMemo, useState, type ReactNode } from "react";
import type { LayerSpecification } from "maplibre-gl";
import type { AlertFinding, Severity } from "@/api/types";
import { useMe } from "@/auth/me";
import { t } from "@/i18n";
import type { LonLat } from "@/lib/coordinates";
import { areaLayers } from "@/map/area-layers";
import { useAreaLayer } from "@/map/areas";
import { useCorners, useDrawing, type Drawn } from "@/map/drawing";
import { MapView } from "@/map/MapView";
import { areaBounds, boundsOf, type Bounds } from "@/map/position";
import { usePointLayer } from "@/map/context";
import type { AlertPlace } from "../content";
import { cornersOf, mapAreas, openRings, withRings } from "../geometry";

const NONE: ReadonlySet<string> = new Set();

interface AreaMapProps {
  places: readonly AlertPlace[];
  severity: Severity;
  selected: number | null;
  onSelect?: (index: number) => void;
  findings?: readonly AlertFinding[];
  drawing?: Drawn["kind"] | null;
  onDrawn?: (drawn: Drawn) => void;
  onCancel?: () => void;
  onCorners?: (count: number) => void;
  /** The corners of the selected area were pulled. */
  onReshape?: (index: number, place: AlertPlace) => void;
  /** Look here; a new value moves the map. */
  at?: string | null;
}

/** More corners than this nobody pulls one by one. */
const MOST_CORNERS = 300;

/** The areas of an alert on the map, where they can be drawn and pulled, with what is wrong at its place. */
export function AreaMap(props: AreaMapProps): ReactNode {
  const own = useMe()?.organization.area ?? null;
  const everything = useMemo(() => cornersOf(props.places), [props.places]);
  const [home] = useState<Bounds | null>(() => boundsOf(everything) ?? (own ? areaBounds(own) : null));
  const [view, setView] = useState<{ at: string | null; asked: string | null }>({ at: null, asked: null });
  const asked = props.at ?? null;
  if (asked !== view.asked) setView({ at: asked, asked });
  return (
    <MapView at={view.at} home={home} onMove={(at) => setView((before) => ({ ...before, at }))} hidden={NONE} selected={null} everything={everything}>
      <Drawings {...props} />
    </MapView>
  );
}

const shapeLayers = areaLayers("drawn-areas");
const CLICKABLE = ["drawn-areas-fill"];
const FAULTS = ["area-faults"];
const css = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const faultLayers = (source: string): LayerSpecification[] => [
  {
    id: "area-faults",
    type: "circle",
    source,
    paint: { "circle-radius": 9, "circle-color": css("--surface-1"), "circle-stroke-color": ["case", ["==", ["get", "error"], true], css("--danger"), css("--warning")], "circle-stroke-width": 3 },
  },
  {
    id: "area-faults-text",
    type: "symbol",
    source,
    layout: {
      "text-field": ["concat", "!  ", ["get", "title"]],
      "text-font": ["Inter Variable", "system-ui", "sans-serif"],
      "text-size": 12,
      "text-anchor": "left",
      "text-offset": [-0.2, 0],
      "text-max-width": 24,
      "text-allow-overlap": true,
    },
    paint: { "text-color": css("--ink-1"), "text-halo-color": css("--map-halo"), "text-halo-width": 2 },
  },
];

function Drawings({ places, severity, selected, onSelect, findings = [], drawing = null, onDrawn, onCancel, onCorners, onReshape }: AreaMapProps): ReactNode {
  const areas = useMemo(() => mapAreas(places, (index) => ({ severity, selected: index === selected })), [places, severity, selected]);
  const open = onSelect && drawing === null ? (key: string) => onSelect(Number(key)) : undefined;
  useAreaLayer({ id: "drawn-areas", areas, layers: shapeLayers, clickable: CLICKABLE, ...(open ? { onOpen: open } : {}) });
  const faults = useMemo(
    () => ({
      type: "FeatureCollection" as const,
      features: findings.flatMap(({ at, detail, level }, index) =>
        at?.[0] === undefined || at[1] === undefined
          ? []
          : [{ type: "Feature" as const, geometry: { type: "Point" as const, coordinates: [at[0], at[1]] }, properties: { key: String(index), title: detail, error: level === "error" } }],
      ),
    }),
    [findings],
  );
  usePointLayer({ id: "area-faults", data: faults, layers: faultLayers, clickable: FAULTS, onOpen: () => undefined });
  useDrawing({ mode: drawing, onDone: (drawn) => onDrawn?.(drawn), onCancel: () => onCancel?.(), onCorners: (count) => onCorners?.(count) });
  const place = selected === null || drawing !== null || !onReshape ? undefined : places[selected];
  const rings = useMemo(() => {
    const found = place?.geometry ? openRings(place.geometry) : [];
    return found.reduce((sum, ring) => sum + ring.length, 0) > MOST_CORNERS ? [] : found;
  }, [place]);
  useCorners({
    rings: rings.length > 0 ? rings : NOTHING,
    onMove: (moved) => {
      if (selected !== null && place?.geometry) onReshape?.(selected, { ...place, geometry: withRings(place.geometry, moved), origin: { kind: "drawn", id: null, name: "" } });
    },
  });
  return null;
}

const NOTHING: readonly (readonly LonLat[])[] = [];

/** Read aloud beside the map while one draws. */
export const drawingHelp = (mode: Drawn["kind"], corners: number): string =>
  mode === "circle" ? t(corners === 0 ? "alerts.drawCentre" : "alerts.drawEdge") : t(corners < 3 ? "alerts.drawCorners" : "alerts.drawClose", { count: corners });

