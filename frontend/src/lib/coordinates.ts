import { forward, toPoint } from "mgrs";

/** Longitude first, as in GeoJSON. */
export type LonLat = readonly [longitude: number, latitude: number];

const inRange = ([lon, lat]: LonLat): boolean => Math.abs(lon) <= 180 && Math.abs(lat) <= 90;

const NUMBER = String.raw`[-+]?\d+(?:[.,]\d+)?`;
const DECIMAL = new RegExp(String.raw`^\s*(${NUMBER})\s*°?\s*([NS])?\s*[,;\s]\s*(${NUMBER})\s*°?\s*([EW])?\s*$`, "i");
const DMS_PART = String.raw`(\d{1,3})\s*[°d:\s]\s*(\d{1,2})\s*['’′m:\s]\s*(?:(\d{1,2}(?:\.\d+)?)\s*["”″s]?\s*)?([NSEW])`;
const DMS = new RegExp(String.raw`^\s*${DMS_PART}\s*[,;]?\s*${DMS_PART}\s*$`, "i");
const GRID = /^\d{1,2}[C-HJ-NP-X][A-HJ-NP-Z]{2}(?:\d{2}){1,5}$/i;

function decimal(text: string): LonLat | null {
  const match = DECIMAL.exec(text);
  if (!match) return null;
  const [, first = "", north, second = "", east] = match;
  const lat = Number(first.replace(",", ".")) * (north?.toUpperCase() === "S" ? -1 : 1);
  const lon = Number(second.replace(",", ".")) * (east?.toUpperCase() === "W" ? -1 : 1);
  return [lon, lat];
}

function degrees(parts: readonly (string | undefined)[]): { value: number; axis: string } | null {
  const [deg = "0", min = "0", sec = "0", side = "N"] = parts;
  if (Number(min) >= 60 || Number(sec) >= 60) return null;
  const axis = side.toUpperCase();
  const value = Number(deg) + Number(min) / 60 + Number(sec) / 3600;
  return { value: axis === "S" || axis === "W" ? -value : value, axis };
}

function dms(text: string): LonLat | null {
  const match = DMS.exec(text);
  if (!match) return null;
  const a = degrees(match.slice(1, 5));
  const b = degrees(match.slice(5, 9));
  if (!a || !b) return null;
  const lat = "NS".includes(a.axis) ? a : b;
  const lon = lat === a ? b : a;
  return "NS".includes(lat.axis) && "EW".includes(lon.axis) ? [lon.value, lat.value] : null;
}

function grid(text: string): LonLat | null {
  const compact = text.replace(/\s+/g, "");
  if (!GRID.test(compact)) return null;
  try {
    return toPoint(compact.toUpperCase());
  } catch {
    return null;
  }
}

/**
 * Read a place as people write or say it: "35.77, -117.6" (latitude first, as everyone speaks it),
 * `35°46'12"N 117°36'0"W`, or an MGRS/USNG reference "11S MV 45793 58478". Null when it is none of them.
 */
export function parseCoordinates(text: string): LonLat | null {
  const found = grid(text) ?? decimal(text) ?? dms(text);
  return found && inRange(found) ? found : null;
}

const pad = (value: number): string => String(value).padStart(2, "0");

function asDms(value: number, positive: string, negative: string): string {
  const seconds = Math.round(Math.abs(value) * 36_000) / 10;
  const d = Math.floor(seconds / 3600);
  const m = Math.floor((seconds % 3600) / 60);
  const s = (seconds % 60).toFixed(1).padStart(4, "0");
  return `${d}°${pad(m)}′${s}″${value < 0 ? negative : positive}`;
}

/** The three ways to write a place, for a fact list where each can be copied. */
export function formatCoordinates([lon, lat]: LonLat): { decimal: string; dms: string; grid: string | null } {
  return {
    decimal: `${lat.toFixed(5)}, ${lon.toFixed(5)}`,
    dms: `${asDms(lat, "N", "S")} ${asDms(lon, "E", "W")}`,
    // MGRS covers 80°S to 84°N; the poles have a grid of their own.
    grid: lat > -80 && lat < 84 ? spaced(forward([lon, lat], 5)) : null,
  };
}

const spaced = (reference: string): string =>
  reference.replace(/^(\d{1,2}[A-Z])([A-Z]{2})(\d{5})(\d{5})$/, "$1 $2 $3 $4");

/** A GeoJSON point as longitude and latitude, or null when it has none. */
export const lonLat = (point: { coordinates: number[] } | null): LonLat | null => {
  const [lon, lat] = point?.coordinates ?? [];
  return lon === undefined || lat === undefined ? null : [lon, lat];
};
