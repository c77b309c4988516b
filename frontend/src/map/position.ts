import type { Area } from "@/api/types";
import type { LonLat } from "@/lib/coordinates";

export interface Position {
  zoom: number;
  latitude: number;
  longitude: number;
}

/** California and its neighbours in view until someone has moved the map. */
export const START: Position = { zoom: 5, latitude: 36.5, longitude: -118.5 };

/** West, south, east, north of an area; across the antimeridian west is below -180, as map engines take it. */
export function areaBounds(area: Area): Bounds | null {
  const rings = area.type === "Polygon" ? area.coordinates : area.coordinates.flat();
  const points = rings.flat();
  const lats = points.flatMap(([, lat]) => (lat === undefined ? [] : [lat]));
  const lons = points.flatMap(([lon]) => (lon === undefined ? [] : [lon]));
  if (lons.length === 0 || lats.length === 0) return null;
  const around = Math.max(...lons) - Math.min(...lons) > 180 ? lons.map((lon) => (lon > 0 ? lon - 360 : lon)) : lons;
  return [Math.min(...around), Math.min(...lats), Math.max(...around), Math.max(...lats)];
}

/** The box around some places, or null when there are none. */
export function boundsOf(corners: readonly LonLat[]): Bounds | null {
  if (corners.length === 0) return null;
  return areaBounds({ type: "Polygon", coordinates: [corners.map(([lon, lat]) => [lon, lat])] });
}

/** "8.50/35.7660/-117.6050": zoom, latitude, longitude, as it stands in the address. */
export const writePosition = ({ zoom, latitude, longitude }: Position): string =>
  `${zoom.toFixed(2)}/${latitude.toFixed(4)}/${longitude.toFixed(4)}`;

export function readPosition(text: string | null): Position | null {
  const [zoom, latitude, longitude] = (text ?? "").split("/").map(Number);
  if (zoom === undefined || latitude === undefined || longitude === undefined) return null;
  const sound = zoom >= 0 && zoom <= 24 && Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
  return sound ? { zoom, latitude, longitude } : null;
}

/** West, south, east, north; west may be greater than east where the view crosses the antimeridian. */
export type Bounds = readonly [west: number, south: number, east: number, north: number];

const wrap = (lon: number): number => ((((lon + 180) % 360) + 360) % 360) - 180;

export function toBounds(west: number, south: number, east: number, north: number): Bounds {
  const s = Math.max(-90, south);
  const n = Math.min(90, north);
  return east - west >= 360 ? [-180, s, 180, n] : [wrap(west), s, wrap(east), n];
}

export function isWithin([lon, lat]: readonly [number, number], [west, south, east, north]: Bounds): boolean {
  const across = west > east ? lon >= west || lon <= east : lon >= west && lon <= east;
  return across && lat >= south && lat <= north;
}

/** To a tenth of a degree outwards, so that small moves ask the same question again and are answered from memory. */
export const roundedBbox = ([west, south, east, north]: Bounds): string =>
  [
    Math.max(-180, Math.floor(west * 10) / 10),
    Math.max(-90, Math.floor(south * 10) / 10),
    Math.min(180, Math.ceil(east * 10) / 10),
    Math.min(90, Math.ceil(north * 10) / 10),
  ].join(",");

/** A position from which a box is in view, as it stands in the address. */
export function viewOf([west, south, east, north]: Bounds): string {
  const width = Math.max(east - west, 0.01);
  const height = Math.max(north - south, 0.01);
  const latitude = (south + north) / 2;
  // At zoom 0 the world is 512 pixels wide; a map is at least about 360 by 280.
  const across = Math.log2((360 * 300) / 512 / width);
  const down = Math.log2(((360 * 220) / 512 / height) * Math.cos((latitude * Math.PI) / 180));
  return writePosition({ zoom: Math.min(13, Math.max(1, Math.min(across, down))), latitude, longitude: wrap((west + east) / 2) });
}
