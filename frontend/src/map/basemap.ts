import type { FeatureCollection, MultiLineString, Point, Polygon, MultiPolygon, Position } from "geojson";
import type { LayerSpecification, Map as Engine, StyleSpecification } from "maplibre-gl";
import { feature, mesh } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import countiesUrl from "us-atlas/counties-10m.json?url";
import countriesUrl from "world-atlas/countries-50m.json?url";

type Atlas = Topology<Record<string, GeometryCollection<{ name?: string }>>>;
type Areas = FeatureCollection<Polygon | MultiPolygon, { name?: string }>;

const EMPTY: FeatureCollection = { type: "FeatureCollection", features: [] };

/** The basemap of Natural Earth and US Census shapes, from this server: it draws without any other. */
export function basemapStyle(): StyleSpecification {
  const geojson = (data: FeatureCollection = EMPTY) => ({ type: "geojson" as const, data, tolerance: 0.4 });
  // No `glyphs`: the labels are drawn with the fonts of this machine, for any script.
  return {
    version: 8,
    sources: {
      land: geojson(),
      borders: geojson(),
      states: geojson(),
      counties: geojson(),
      places: geojson(),
    },
    layers: basemapLayers(),
  };
}

const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const line = (id: string, minzoom: number, width: number, opacity: number): LayerSpecification => ({
  id,
  type: "line",
  source: id,
  minzoom,
  paint: { "line-color": colour("--map-line"), "line-width": width, "line-opacity": opacity },
});

const label = (rank: string, size: number, minzoom: number, maxzoom: number): LayerSpecification => ({
  id: `label-${rank}`,
  type: "symbol",
  source: "places",
  minzoom,
  maxzoom,
  filter: ["==", ["get", "rank"], rank],
  layout: {
    "text-field": ["get", "name"],
    "text-font": ["Inter Variable", "system-ui", "sans-serif"],
    "text-size": size,
    "text-transform": rank === "county" ? "none" : "uppercase",
    "text-letter-spacing": rank === "county" ? 0 : 0.08,
    "text-max-width": 8,
    "symbol-sort-key": ["-", 0, ["get", "size"]],
  },
  paint: {
    "text-color": colour("--map-label"),
    "text-halo-color": colour("--map-halo"),
    "text-halo-width": 1.2,
    "text-opacity": 0.85,
  },
});

const basemapLayers = (): LayerSpecification[] => [
  { id: "water", type: "background", paint: { "background-color": colour("--map-water") } },
  { id: "land", type: "fill", source: "land", paint: { "fill-color": colour("--map-land"), "fill-antialias": false } },
  line("counties", 6, 0.6, 0.6),
  line("states", 3, 0.9, 0.9),
  line("borders", 0, 1, 1),
  label("country", 11, 2, 6),
  label("state", 11, 4.5, 8),
  label("county", 11, 7, 24),
];

/** Take on the colours of the present theme. */
export function repaint(map: Engine): void {
  map.setPaintProperty("water", "background-color", colour("--map-water"));
  map.setPaintProperty("land", "fill-color", colour("--map-land"));
  for (const id of ["counties", "states", "borders"]) map.setPaintProperty(id, "line-color", colour("--map-line"));
  for (const id of BASEMAP_SWITCHES.labels) {
    map.setPaintProperty(id, "text-color", colour("--map-label"));
    map.setPaintProperty(id, "text-halo-color", colour("--map-halo"));
  }
}

/** The layers that a person can switch off, by the name of the switch. */
export const BASEMAP_SWITCHES = {
  states: ["states"],
  counties: ["counties"],
  labels: ["label-country", "label-state", "label-county"],
} as const;

async function read(url: string): Promise<Atlas> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`basemap answered ${response.status}`);
  return (await response.json()) as Atlas;
}

const object = (atlas: Atlas, name: string): GeometryCollection<{ name?: string }> => {
  const found = atlas.objects[name];
  if (!found) throw new Error(`The atlas has no ${name}`);
  return found;
};

const borders = (atlas: Atlas, name: string): FeatureCollection<MultiLineString> => ({
  type: "FeatureCollection",
  features: [{ type: "Feature", properties: {}, geometry: mesh(atlas, object(atlas, name), (a, b) => a !== b) }],
});

/** The middle of the largest part, where its name is written. */
function middle(geometry: Polygon | MultiPolygon): { at: Position; size: number } {
  const rings = geometry.type === "Polygon" ? [geometry.coordinates[0] ?? []] : geometry.coordinates.map((p) => p[0] ?? []);
  let best = { at: [0, 0] as Position, size: -1 };
  for (const ring of rings) {
    let area = 0;
    let x = 0;
    let y = 0;
    for (let i = 1; i < ring.length; i += 1) {
      const [x0 = 0, y0 = 0] = ring[i - 1] ?? [];
      const [x1 = 0, y1 = 0] = ring[i] ?? [];
      const cross = x0 * y1 - x1 * y0;
      area += cross / 2;
      x += (x0 + x1) * cross;
      y += (y0 + y1) * cross;
    }
    if (area !== 0 && Math.abs(area) > best.size) best = { at: [x / (6 * area), y / (6 * area)], size: Math.abs(area) };
  }
  return best;
}

const named = (areas: Areas, rank: string): FeatureCollection<Point>["features"] =>
  areas.features.flatMap(({ geometry, properties }) => {
    if (!properties.name) return [];
    const { at, size } = middle(geometry);
    return [{ type: "Feature" as const, geometry: { type: "Point" as const, coordinates: at }, properties: { name: properties.name, rank, size } }];
  });

export type BasemapData = Readonly<Record<"land" | "borders" | "states" | "counties" | "places", FeatureCollection>>;

/** The world first; the United States in detail after it. Calls `draw` for each part as it is ready. */
export async function loadBasemap(draw: (part: Partial<BasemapData>) => void): Promise<void> {
  const world = await read(countriesUrl);
  const countries = feature(world, object(world, "countries")) as Areas;
  const names = named(countries, "country");
  draw({ land: countries, borders: borders(world, "countries"), places: { type: "FeatureCollection", features: names } });
  const us = await read(countiesUrl);
  const states = feature(us, object(us, "states")) as Areas;
  const counties = feature(us, object(us, "counties")) as Areas;
  draw({
    states: borders(us, "states"),
    counties: borders(us, "counties"),
    places: { type: "FeatureCollection", features: [...names, ...named(states, "state"), ...named(counties, "county")] },
  });
}
