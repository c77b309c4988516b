import type { Geometry as GeoJson } from "geojson";
import { parseCoordinates, type LonLat } from "@/lib/coordinates";
import { circleRing, positions, type MapArea } from "@/map/areas";
import type { AlertPlace, Geometry } from "./content";

/** What is drawn of an area. */
export type Outline = Pick<AlertPlace, "geometry" | "circle">;

/** What a place covers as GeoJSON; a circle as a ring of many corners. */
export function shapeOf(place: Outline): GeoJson | null {
  if (place.circle) return { type: "Polygon", coordinates: [circleRing([place.circle.longitude, place.circle.latitude], place.circle.radius_km)] };
  return place.geometry;
}

/** All that can be drawn of some places. */
export const mapAreas = (places: readonly Outline[], properties: (index: number) => MapArea["properties"]): MapArea[] =>
  places.flatMap((place, index) => {
    const geometry = shapeOf(place);
    return geometry && positions(geometry).length > 2 ? [{ key: String(index), geometry, properties: properties(index) }] : [];
  });

export const cornersOf = (places: readonly AlertPlace[]): LonLat[] =>
  places.flatMap((place) => {
    const geometry = shapeOf(place);
    return geometry ? positions(geometry) : [];
  });

/** The middle of a box; west may be greater than east where it crosses the antimeridian. */
export function middleOf(extent: readonly number[] | null): LonLat | null {
  const [west, south, east, north] = extent ?? [];
  if (west === undefined || south === undefined || east === undefined || north === undefined) return null;
  const middle = west > east ? (west + east + 360) / 2 : (west + east) / 2;
  return [middle > 180 ? middle - 360 : middle, (south + north) / 2];
}

/** The rings of a polygon without the closing corner. */
export const openRings = (geometry: Geometry): LonLat[][] =>
  (geometry.type === "Polygon" ? geometry.coordinates : geometry.coordinates.flat()).map((ring) => {
    const corners = ring.flatMap(([lon, lat]): LonLat[] => (lon === undefined || lat === undefined ? [] : [[lon, lat]]));
    const [first, last] = [corners[0], corners.at(-1)];
    return corners.length > 1 && first?.[0] === last?.[0] && first?.[1] === last?.[1] ? corners.slice(0, -1) : corners;
  });

const round = (degrees: number): number => Math.round(degrees * 1e5) / 1e5;
const position = ([lon, lat]: LonLat): [number, number] => [round(lon), round(lat)];
const closed = (corners: readonly LonLat[]): [number, number][] => [...corners, ...corners.slice(0, 1)].map(position);

export const polygon = (corners: readonly LonLat[]): Geometry => ({ type: "Polygon", coordinates: [closed(corners)] });

/** The same geometry with its rings' corners moved. */
export function withRings(geometry: Geometry, rings: readonly (readonly LonLat[])[]): Geometry {
  if (geometry.type === "Polygon") return { type: "Polygon", coordinates: rings.map(closed) };
  let next = 0;
  const coordinates = geometry.coordinates.map((parts) =>
    parts.map(() => {
      next += 1;
      return closed(rings[next - 1] ?? []);
    }),
  );
  return { type: "MultiPolygon", coordinates };
}

export interface TypedCorners {
  corners: LonLat[];
  /** The first line, counted from 1, that is no place. */
  wrong: number | null;
}

/** Corners as typed, one a line, in any notation of coordinates. */
export function readCorners(text: string): TypedCorners {
  const lines = text.split("\n").map((line) => line.trim());
  const read = lines.map((line) => (line === "" ? "empty" : parseCoordinates(line)));
  const wrong = read.indexOf(null);
  const corners = read.filter((each): each is LonLat => each !== null && each !== "empty");
  const [first, last] = [corners[0], corners.at(-1)];
  // People close the ring by habit.
  const again = corners.length > 3 && first?.[0] === last?.[0] && first?.[1] === last?.[1];
  return { corners: again ? corners.slice(0, -1) : corners, wrong: wrong === -1 ? null : wrong + 1 };
}
