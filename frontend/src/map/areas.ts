import type { Feature, FeatureCollection, Geometry } from "geojson";
import type { GeoJSONSource, LayerSpecification, MapMouseEvent } from "maplibre-gl";
import { useEffect, useRef } from "react";
import type { LonLat } from "@/lib/coordinates";
import { themeStore } from "@/lib/theme";
import { hitAt, useEngine } from "./context";

export interface MapArea {
  /** What a click on it opens. */
  key: string;
  geometry: Geometry;
  properties: Record<string, string | number | boolean>;
}

interface AreaLayer {
  id: string;
  areas: readonly MapArea[];
  /** Takes the source's id; called again when the theme changes. */
  layers: (source: string) => LayerSpecification[];
  /** The layers that answer to a click. */
  clickable?: readonly string[];
  onOpen?: (key: string) => void;
}

/** Every position of a polygon or of several. */
export function positions(geometry: Geometry): LonLat[] {
  const rings = geometry.type === "Polygon" ? geometry.coordinates : geometry.type === "MultiPolygon" ? geometry.coordinates.flat() : [];
  return rings.flat().flatMap(([lon, lat]): LonLat[] => (lon === undefined || lat === undefined ? [] : [[lon, lat]]));
}

const collection = (areas: readonly MapArea[]): FeatureCollection => ({
  type: "FeatureCollection",
  features: areas.map(({ key, geometry, properties }): Feature => ({ type: "Feature", geometry, properties: { key, ...properties } })),
});

const NONE: readonly string[] = [];

/** Put areas on the map as a source with its layers, for as long as the component is shown. What lies above them is clicked first. */
export function useAreaLayer({ id, areas, layers, clickable = NONE, onOpen }: AreaLayer): void {
  const map = useEngine();
  const dark = themeStore((s) => s.dark);
  const latest = useRef({ areas, onOpen });
  useEffect(() => {
    latest.current = { areas, onOpen };
  });
  useEffect(() => {
    if (!map) return undefined;
    map.addSource(id, { type: "geojson", data: collection(latest.current.areas) });
    return () => {
      if (map.getSource(id)) map.removeSource(id);
    };
  }, [map, id]);
  useEffect(() => {
    if (!map) return undefined;
    const added = layers(id);
    for (const layer of added) map.addLayer(layer);
    return () => {
      for (const layer of added) if (map.getLayer(layer.id)) map.removeLayer(layer.id);
    };
  }, [map, id, layers, dark]);
  useEffect(() => {
    void map?.getSource<GeoJSONSource>(id)?.setData(collection(areas));
  }, [map, id, areas]);
  useEffect(() => {
    if (!map || clickable.length === 0) return undefined;
    // After all the others were asked: a mark that lies on the area is meant first, whoever drew it.
    const click = (event: MapMouseEvent): void =>
      void setTimeout(() => {
        const key = (hitAt(map, event, clickable)?.properties as { key?: string } | undefined)?.key;
        if (!key || !latest.current.onOpen) return;
        event.preventDefault();
        latest.current.onOpen(key);
      });
    const move = (event: MapMouseEvent): void => {
      if (hitAt(map, event, clickable)) map.getCanvas().style.cursor = "pointer";
    };
    map.on("click", click);
    map.on("mousemove", move);
    return () => {
      map.off("click", click);
      map.off("mousemove", move);
    };
  }, [map, clickable]);
}

const EARTH_KM = 6371.0088;
const radians = (degrees: number): number => (degrees * Math.PI) / 180;
const degrees = (angle: number): number => (angle * 180) / Math.PI;

/** Kilometres between two places on the sphere. */
export function kilometres([lon1, lat1]: LonLat, [lon2, lat2]: LonLat): number {
  const a = Math.sin(radians(lat2 - lat1) / 2) ** 2 + Math.cos(radians(lat1)) * Math.cos(radians(lat2)) * Math.sin(radians(lon2 - lon1) / 2) ** 2;
  return 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(a)));
}

/** A circle on the sphere as a closed ring; beyond 180 degrees it goes on, as map engines take it. */
export function circleRing([lon, lat]: LonLat, km: number, corners = 64): [number, number][] {
  const angle = km / EARTH_KM;
  const ring = Array.from({ length: corners }, (_, corner): [number, number] => {
    const bearing = (-2 * Math.PI * corner) / corners;
    const there = Math.asin(Math.sin(radians(lat)) * Math.cos(angle) + Math.cos(radians(lat)) * Math.sin(angle) * Math.cos(bearing));
    const turn = Math.atan2(
      Math.sin(bearing) * Math.sin(angle) * Math.cos(radians(lat)),
      Math.cos(angle) - Math.sin(radians(lat)) * Math.sin(there),
    );
    return [lon + degrees(turn), degrees(there)];
  });
  return [...ring, ...ring.slice(0, 1)];
}
