import type { Geometry } from "geojson";
import { useMemo, type ReactNode } from "react";
import type { ReceivedAlert } from "@/api/types";
import { areaLayers } from "@/map/area-layers";
import type { MapArea } from "@/map/areas";
import { AreasMap } from "@/map/AreasMap";

const layers = areaLayers("outlines");

interface OutlineMapProps {
  alerts: readonly ReceivedAlert[];
  selected: string | null;
  onOpen: (id: string) => void;
}

/** Where the alerts of a thread hold, one over the other. */
export function OutlineMap({ alerts, selected, onOpen }: OutlineMapProps): ReactNode {
  const areas = useMemo(
    () =>
      alerts.flatMap((alert): MapArea[] =>
        alert.geometry ? [{ key: alert.id, geometry: alert.geometry as Geometry, properties: { severity: alert.severity, selected: alert.id === selected } }] : [],
      ),
    [alerts, selected],
  );
  return <AreasMap id="outlines" areas={areas} layers={layers} onOpen={onOpen} />;
}
