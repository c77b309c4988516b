import type { Geometry } from "geojson";
import { useMemo, useState, type ReactNode } from "react";
import type { ReceivedAlert } from "@/api/types";
import { useAreaLayer, type MapArea } from "@/map/areas";
import { MapView } from "@/map/MapView";
import { areaLayers } from "./area-layers";
import { boundsOf } from "./AreaMap";
import { positions } from "../geometry";

const NONE: ReadonlySet<string> = new Set();
const layers = areaLayers("outlines");
const CLICKABLE = ["outlines-fill"];

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
  const everything = useMemo(() => areas.flatMap(({ geometry }) => positions(geometry)), [areas]);
  const [home] = useState(() => boundsOf(everything));
  const [at, setAt] = useState<string | null>(null);
  return (
    <MapView at={at} home={home} onMove={setAt} hidden={NONE} selected={null} everything={everything}>
      <Outlines areas={areas} onOpen={onOpen} />
    </MapView>
  );
}

function Outlines({ areas, onOpen }: { areas: readonly MapArea[]; onOpen: (id: string) => void }): ReactNode {
  useAreaLayer({ id: "outlines", areas, layers, clickable: CLICKABLE, onOpen });
  return null;
}
