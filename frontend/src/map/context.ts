import type { GeoJSONSource, LayerSpecification, Map as Engine, MapMouseEvent } from "maplibre-gl";
import { createContext, useContext, useEffect, useRef } from "react";
import { themeStore } from "@/lib/theme";
import type { Points } from "./types";
import type { Symbol as MapSymbol } from "./symbols";
import { paintSymbol } from "./symbols";

/** The map engine, once its style is ready; layers are drawn below it in the tree. */
export const MapContext = createContext<Engine | null>(null);

export const useEngine = (): Engine | null => useContext(MapContext);

const PIXEL_RATIO = 2;

/** Keep images of the symbols in the map, in the colours of the theme. */
export function useSymbols(symbols: Readonly<Record<string, MapSymbol>>): void {
  const map = useEngine();
  const dark = themeStore((s) => s.dark);
  useEffect(() => {
    if (!map) return;
    for (const [name, symbol] of Object.entries(symbols)) {
      const image = paintSymbol(symbol, PIXEL_RATIO);
      if (map.hasImage(name)) map.updateImage(name, image);
      else map.addImage(name, image, { pixelRatio: PIXEL_RATIO });
    }
  }, [map, symbols, dark]);
}

interface PointLayer {
  id: string;
  data: Points;
  /** Takes the source's id; called again when the theme changes. */
  layers: (source: string) => LayerSpecification[];
  cluster?: Record<string, unknown>;
  /** The layers that answer to a click: a single thing is opened, a cluster is zoomed into. */
  clickable: readonly string[];
  onOpen: (key: string) => void;
}

/** Put points on the map as a source with its layers, for as long as the component is shown. */
export function usePointLayer({ id, data, layers, cluster, clickable, onOpen }: PointLayer): void {
  const map = useEngine();
  const dark = themeStore((s) => s.dark);
  const latest = useRef({ data, onOpen });
  useEffect(() => {
    latest.current = { data, onOpen };
  });
  useEffect(() => {
    if (!map) return undefined;
    map.addSource(id, {
      type: "geojson",
      data: latest.current.data,
      cluster: true,
      clusterRadius: 42,
      clusterMaxZoom: 11,
      ...(cluster ? { clusterProperties: cluster } : {}),
    });
    return () => {
      if (map.getSource(id)) map.removeSource(id);
    };
  }, [map, id, cluster]);
  useEffect(() => {
    if (!map) return undefined;
    const added = layers(id);
    for (const layer of added) map.addLayer(layer);
    return () => {
      for (const layer of added) if (map.getLayer(layer.id)) map.removeLayer(layer.id);
    };
  }, [map, id, layers, dark]);
  useEffect(() => {
    void map?.getSource<GeoJSONSource>(id)?.setData(data);
  }, [map, id, data]);
  useEffect(() => {
    if (!map) return undefined;
    const click = (event: MapMouseEvent): void => {
      const hit = hitAt(map, event, clickable);
      if (!hit) return;
      event.preventDefault();
      const { key, cluster_id: clusterId } = hit.properties as { key?: string; cluster_id?: number };
      if (key) latest.current.onOpen(key);
      else if (clusterId !== undefined) void zoomInto(map, id, clusterId, hit.geometry);
    };
    const move = (event: MapMouseEvent): void => {
      if (hitAt(map, event, clickable)) map.getCanvas().style.cursor = "pointer";
    };
    map.on("click", click);
    map.on("mousemove", move);
    return () => {
      map.off("click", click);
      map.off("mousemove", move);
    };
  }, [map, id, clickable]);
}

/** A thumb is wider than a pixel. */
const REACH = 6;

export function hitAt(map: Engine, { point, defaultPrevented }: MapMouseEvent, layers: readonly string[]) {
  if (defaultPrevented) return undefined;
  const present = layers.filter((layer) => map.getLayer(layer));
  if (present.length === 0) return undefined;
  return map.queryRenderedFeatures(
    [
      [point.x - REACH, point.y - REACH],
      [point.x + REACH, point.y + REACH],
    ],
    { layers: present },
  )[0];
}

async function zoomInto(map: Engine, source: string, clusterId: number, geometry: GeoJSON.Geometry): Promise<void> {
  const zoom = await map.getSource<GeoJSONSource>(source)?.getClusterExpansionZoom(clusterId);
  if (geometry.type === "Point" && zoom !== undefined) {
    map.easeTo({ center: geometry.coordinates as [number, number], zoom: zoom + 0.3 });
  }
}
