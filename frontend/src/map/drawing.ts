import type { FeatureCollection } from "geojson";
import type { GeoJSONSource, Map as Engine, MapMouseEvent } from "maplibre-gl";
import { useEffect, useRef } from "react";
import type { LonLat } from "@/lib/coordinates";
import { circleRing, kilometres } from "./areas";
import { useEngine } from "./context";

export type Drawn = { kind: "polygon"; corners: readonly LonLat[] } | { kind: "circle"; centre: LonLat; km: number };

interface Drawing {
  mode: Drawn["kind"] | null;
  onDone: (drawn: Drawn) => void;
  onCancel: () => void;
  /** How many corners are set, for whoever cannot see them. */
  onCorners?: (count: number) => void;
}

const SOURCE = "drawing";
/** Pixels within which a click on the first corner closes the ring, and a second click of a double is no corner. */
const NEAR = 10;

const css = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function sketch(mode: Drawn["kind"], corners: readonly LonLat[], cursor: LonLat | null): FeatureCollection {
  const first = corners[0];
  const ring = first && cursor && mode === "circle" ? circleRing(first, kilometres(first, cursor)) : [...corners, ...(cursor ? [cursor] : [])].map(([x, y]) => [x, y]);
  const closed = mode === "polygon" && ring.length > 2 ? [...ring, ...ring.slice(0, 1)] : ring;
  return {
    type: "FeatureCollection",
    features: [
      ...(closed.length > 3 ? [{ type: "Feature" as const, properties: {}, geometry: { type: "Polygon" as const, coordinates: [closed] } }] : []),
      ...(closed.length > 1 ? [{ type: "Feature" as const, properties: {}, geometry: { type: "LineString" as const, coordinates: closed } }] : []),
      ...corners.map(([x, y]) => ({ type: "Feature" as const, properties: {}, geometry: { type: "Point" as const, coordinates: [x, y] } })),
    ],
  };
}

function addSketch(map: Engine): void {
  map.addSource(SOURCE, { type: "geojson", data: { type: "FeatureCollection", features: [] } });
  map.addLayer({ id: "drawing-fill", type: "fill", source: SOURCE, filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": css("--accent"), "fill-opacity": 0.15 } });
  map.addLayer({ id: "drawing-line", type: "line", source: SOURCE, filter: ["==", ["geometry-type"], "LineString"], paint: { "line-color": css("--accent"), "line-width": 2, "line-dasharray": [2, 1] } });
  map.addLayer({
    id: "drawing-corners",
    type: "circle",
    source: SOURCE,
    filter: ["==", ["geometry-type"], "Point"],
    paint: { "circle-radius": 5, "circle-color": css("--surface-1"), "circle-stroke-color": css("--accent"), "circle-stroke-width": 2 },
  });
}

function removeSketch(map: Engine): void {
  for (const id of ["drawing-fill", "drawing-line", "drawing-corners"]) if (map.getLayer(id)) map.removeLayer(id);
  if (map.getSource(SOURCE)) map.removeSource(SOURCE);
}

/**
 * Draw by clicks. A polygon ends with a click on its first corner, a double click or Enter; Backspace takes the last
 * corner back, Escape ends without. A circle is two clicks: its centre, then its edge.
 */
export function useDrawing({ mode, onDone, onCancel, onCorners }: Drawing): void {
  const map = useEngine();
  const latest = useRef({ onDone, onCancel, onCorners });
  useEffect(() => {
    latest.current = { onDone, onCancel, onCorners };
  });
  useEffect(() => {
    if (!map || mode === null) return undefined;
    let corners: LonLat[] = [];
    let cursor: LonLat | null = null;
    addSketch(map);
    map.doubleClickZoom.disable();
    const draw = (): void => void map.getSource<GeoJSONSource>(SOURCE)?.setData(sketch(mode, corners, cursor));
    const count = (): void => latest.current.onCorners?.(corners.length);
    const isNear = (event: MapMouseEvent, corner: LonLat | undefined): boolean =>
      corner !== undefined && map.project([corner[0], corner[1]]).dist(event.point) < NEAR;
    const finish = (): void => {
      if (corners.length >= 3) latest.current.onDone({ kind: "polygon", corners });
    };
    const click = (event: MapMouseEvent): void => {
      // What lies below is not meant while one draws.
      event.preventDefault();
      const at: LonLat = [event.lngLat.wrap().lng, event.lngLat.lat];
      const [first] = corners;
      if (mode === "circle" && first) {
        latest.current.onDone({ kind: "circle", centre: first, km: kilometres(first, at) });
        return;
      }
      if (mode === "polygon" && corners.length >= 3 && isNear(event, first)) {
        finish();
        return;
      }
      if (isNear(event, corners.at(-1))) return;
      corners = [...corners, at];
      count();
      draw();
    };
    const double = (event: MapMouseEvent): void => {
      event.preventDefault();
      finish();
    };
    const move = (event: MapMouseEvent): void => {
      map.getCanvas().style.cursor = "crosshair";
      cursor = [event.lngLat.lng, event.lngLat.lat];
      draw();
    };
    const key = (event: KeyboardEvent): void => {
      if (event.target instanceof HTMLElement && event.target.matches("input, textarea, select")) return;
      if (event.key === "Escape") latest.current.onCancel();
      else if (event.key === "Enter" && !(event.target instanceof HTMLButtonElement)) finish();
      else if (event.key === "Backspace" && corners.length > 0) {
        corners = corners.slice(0, -1);
        count();
        draw();
      } else return;
      event.preventDefault();
    };
    map.on("click", click);
    map.on("dblclick", double);
    map.on("mousemove", move);
    document.addEventListener("keydown", key);
    return () => {
      map.off("click", click);
      map.off("dblclick", double);
      map.off("mousemove", move);
      document.removeEventListener("keydown", key);
      map.getCanvas().style.cursor = "";
      map.doubleClickZoom.enable();
      removeSketch(map);
    };
  }, [map, mode]);
}

interface Corners {
  /** The corners that can be moved, ring by ring without the closing one; empty when there is nothing to move. */
  rings: readonly (readonly LonLat[])[];
  onMove: (rings: readonly (readonly LonLat[])[]) => void;
}

const HANDLES = "corners";

/** Let the corners of an area be pulled; a double click takes one away while three remain. */
export function useCorners({ rings, onMove }: Corners): void {
  const map = useEngine();
  const latest = useRef({ rings, onMove });
  useEffect(() => {
    latest.current = { rings, onMove };
    if (map) void map.getSource<GeoJSONSource>(HANDLES)?.setData(handles(rings));
  });
  const any = rings.length > 0;
  useEffect(() => {
    if (!map || !any) return undefined;
    map.addSource(HANDLES, { type: "geojson", data: handles(latest.current.rings) });
    map.addLayer({
      id: HANDLES,
      type: "circle",
      source: HANDLES,
      paint: { "circle-radius": 6, "circle-color": css("--surface-1"), "circle-stroke-color": css("--accent"), "circle-stroke-width": 2 },
    });
    let held: readonly [ring: number, corner: number] | null = null;
    let moved: readonly (readonly LonLat[])[] | null = null;
    const hit = (event: MapMouseEvent): readonly [number, number] | null => {
      const near: [[number, number], [number, number]] = [[event.point.x - NEAR, event.point.y - NEAR], [event.point.x + NEAR, event.point.y + NEAR]];
      const found = map.queryRenderedFeatures(near, { layers: [HANDLES] })[0]?.properties as { ring: number; corner: number } | undefined;
      return found ? [found.ring, found.corner] : null;
    };
    const down = (event: MapMouseEvent): void => {
      held = hit(event);
      // Otherwise the map would be dragged with it.
      if (held) event.preventDefault();
    };
    const drag = (event: MapMouseEvent): void => {
      if (!held) {
        if (hit(event)) map.getCanvas().style.cursor = "move";
        return;
      }
      const [ring, corner] = held;
      moved = latest.current.rings.map((each, r) => (r === ring ? each.map((at, c) => (c === corner ? ([event.lngLat.lng, event.lngLat.lat] as const) : at)) : each));
      void map.getSource<GeoJSONSource>(HANDLES)?.setData(handles(moved));
    };
    const up = (): void => {
      held = null;
      if (moved) latest.current.onMove(moved);
      moved = null;
    };
    const double = (event: MapMouseEvent): void => {
      const found = hit(event);
      if (!found) return;
      event.preventDefault();
      const [ring, corner] = found;
      if ((latest.current.rings[ring]?.length ?? 0) <= 3) return;
      latest.current.onMove(latest.current.rings.map((each, r) => (r === ring ? each.filter((_, c) => c !== corner) : each)));
    };
    map.on("mousedown", down);
    map.on("mousemove", drag);
    map.on("mouseup", up);
    map.on("dblclick", double);
    return () => {
      map.off("mousedown", down);
      map.off("mousemove", drag);
      map.off("mouseup", up);
      map.off("dblclick", double);
      if (map.getLayer(HANDLES)) map.removeLayer(HANDLES);
      if (map.getSource(HANDLES)) map.removeSource(HANDLES);
    };
  }, [map, any]);
}

const handles = (rings: readonly (readonly LonLat[])[]): FeatureCollection => ({
  type: "FeatureCollection",
  features: rings.flatMap((ring, r) =>
    ring.map(([x, y], corner) => ({ type: "Feature" as const, properties: { ring: r, corner }, geometry: { type: "Point" as const, coordinates: [x, y] } })),
  ),
});
