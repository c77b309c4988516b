import "maplibre-gl/dist/maplibre-gl.css";
import * as maplibre from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import { Maximize, Minus, Plus } from "lucide-react";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { t } from "@/i18n";
import type { LonLat } from "@/lib/coordinates";
import { themeStore } from "@/lib/theme";
import { BASEMAP_SWITCHES, basemapStyle, loadBasemap, repaint } from "./basemap";
import { MapContext } from "./context";
import { START, readPosition, toBounds, writePosition, type Bounds } from "./position";

maplibre.setWorkerUrl(workerUrl);

export interface MapCanvasProps {
  /** Where to look, as written in the address; null leaves the view as it is. */
  at: string | null;
  /** Where to begin when the address names no place. */
  home: Bounds | null;
  onMove: (at: string, bounds: Bounds) => void;
  /** Names of basemap switches that are off. */
  hidden: ReadonlySet<string>;
  /** The place of what is open; ringed, and brought into view when it is not. */
  selected: LonLat | null;
  /** Everything, for the button that shows it. */
  everything: readonly LonLat[];
  children: ReactNode;
}

/** The one wrapper of the map engine. Features draw in it with `usePointLayer`. */
export default function MapCanvas({ at, home, onMove, hidden, selected, everything, children }: MapCanvasProps): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<maplibre.Map | null>(null);
  const dark = themeStore((s) => s.dark);
  const latest = useRef({ at, home, onMove });
  const written = useRef<string | null>(null);
  useEffect(() => {
    latest.current = { at, home, onMove };
  });

  useEffect(() => {
    if (!box.current) return undefined;
    const asked = readPosition(latest.current.at);
    const start = asked ?? START;
    const area = asked ? null : latest.current.home;
    const engine = new maplibre.Map({
      container: box.current,
      style: basemapStyle(),
      center: [start.longitude, start.latitude],
      zoom: start.zoom,
      ...(area ? { bounds: [...area], fitBoundsOptions: { padding: 48, maxZoom: 10 } } : {}),
      maxZoom: 18,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      fadeDuration: 0,
    });
    engine.touchZoomRotate.disableRotation();
    engine.getCanvas().setAttribute("aria-label", t("map.label"));
    let gone = false;
    const report = (): void => {
      const centre = engine.getCenter();
      const bounds = engine.getBounds();
      written.current = writePosition({ zoom: engine.getZoom(), latitude: centre.lat, longitude: centre.wrap().lng });
      latest.current.onMove(written.current, toBounds(bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()));
    };
    engine.on("load", () => {
      if (gone) return;
      setMap(engine);
      report();
      void loadBasemap((part) => {
        if (gone) return;
        for (const [id, data] of Object.entries(part)) void engine.getSource<maplibre.GeoJSONSource>(id)?.setData(data);
      }).catch(() => undefined);
    });
    engine.on("moveend", report);
    engine.on("mousemove", () => {
      engine.getCanvas().style.cursor = "";
    });
    return () => {
      gone = true;
      setMap(null);
      engine.remove();
    };
  }, []);

  useEffect(() => {
    const wanted = readPosition(at);
    if (map && wanted && at !== written.current) {
      map.jumpTo({ center: [wanted.longitude, wanted.latitude], zoom: wanted.zoom });
    }
  }, [map, at]);

  useEffect(() => {
    if (map) repaint(map);
  }, [map, dark]);

  useEffect(() => {
    if (!map) return;
    for (const [name, layers] of Object.entries(BASEMAP_SWITCHES)) {
      for (const layer of layers) map.setLayoutProperty(layer, "visibility", hidden.has(name) ? "none" : "visible");
    }
  }, [map, hidden]);

  const lon = selected?.[0];
  const lat = selected?.[1];
  useEffect(() => {
    if (!map || lon === undefined || lat === undefined) return undefined;
    const ring = document.createElement("div");
    ring.className = "size-12 rounded-full border-3 border-accent pointer-events-none";
    const marker = new maplibre.Marker({ element: ring }).setLngLat([lon, lat]).addTo(map);
    // A decoration: what is open is named in the panel.
    ring.removeAttribute("aria-label");
    ring.removeAttribute("role");
    ring.setAttribute("aria-hidden", "true");
    if (!map.getBounds().contains([lon, lat])) map.easeTo({ center: [lon, lat], zoom: Math.max(map.getZoom(), 8) });
    return () => void marker.remove();
  }, [map, lon, lat]);

  const showEverything = (): void => {
    if (!map || everything.length === 0) return;
    const bounds = new maplibre.LngLatBounds();
    for (const [x, y] of everything) bounds.extend([x, y]);
    map.fitBounds(bounds, { padding: 64, maxZoom: 10 });
  };

  return (
    <MapContext value={map}>
      {/* The engine's own style wins over utilities that position; only size is safe here. */}
      <div ref={box} className="h-full w-full" data-testid="map" data-ready={map !== null} />
      <div className="no-print absolute end-3 bottom-9 flex flex-col gap-1 max-md:bottom-28">
        <Button size="icon" aria-label={t("map.zoomIn")} onClick={() => map?.zoomIn()}>
          <Plus />
        </Button>
        <Button size="icon" aria-label={t("map.zoomOut")} onClick={() => map?.zoomOut()}>
          <Minus />
        </Button>
        <Button size="icon" aria-label={t("map.fit")} onClick={showEverything}>
          <Maximize />
        </Button>
      </div>
      {children}
    </MapContext>
  );
}
