import type { LayerSpecification } from "maplibre-gl";
import { useMemo, useState, type ReactNode } from "react";
import { positions, useAreaLayer, type MapArea } from "./areas";
import { MapView } from "./MapView";
import { boundsOf } from "./position";

const NONE: ReadonlySet<string> = new Set();

interface AreasMapProps {
  /** Of the source; what is clickable among the layers is `<id>-fill`. */
  id: string;
  areas: readonly MapArea[];
  layers: (source: string) => LayerSpecification[];
  onOpen?: (key: string) => void;
}

/** A map of some areas and nothing else; it begins where they are. */
export function AreasMap(props: AreasMapProps): ReactNode {
  const { areas } = props;
  const everything = useMemo(() => areas.flatMap(({ geometry }) => positions(geometry)), [areas]);
  const [home] = useState(() => boundsOf(everything));
  const [at, setAt] = useState<string | null>(null);
  return (
    <MapView at={at} home={home} onMove={setAt} hidden={NONE} selected={null} everything={everything}>
      <Areas {...props} />
    </MapView>
  );
}

function Areas({ id, areas, layers, onOpen }: AreasMapProps): ReactNode {
  const clickable = useMemo(() => (onOpen ? [`${id}-fill`] : []), [id, onOpen]);
  useAreaLayer({ id, areas, layers, clickable, ...(onOpen ? { onOpen } : {}) });
  return null;
}
