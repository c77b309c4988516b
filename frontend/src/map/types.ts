import type { FeatureCollection, Point } from "geojson";
import type { ComponentType, ReactNode } from "react";
import type { MessageKey } from "@/i18n";
import type { LonLat } from "@/lib/coordinates";

/** What the address says should be on the map; every contribution reads the parts that mean something to it. */
export interface MapFilter {
  exercise: boolean;
  kind: string | null;
  minMagnitude: number | null;
  /** ISO 8601, or null for all time. */
  since: string | null;
  statuses: readonly string[];
  /** The view, "west,south,east,north"; for those that hold more than one screen can show. */
  bbox: string | null;
}

/** One thing on the map and in the list beside it. */
export interface MapItem {
  /** "hazard:<id>", as it stands in the address. */
  key: string;
  title: string;
  kind: string | null;
  time: string;
  /** Null when nobody knows yet where it is; it is then only in the list. */
  at: LonLat | null;
  /** What the layer draws by. */
  properties: Record<string, string | number | boolean>;
  /** The line in the list. */
  row: ReactNode;
}

export interface MapItems {
  items: readonly MapItem[];
  /** More exist than were sent. */
  truncated: boolean;
  loading: boolean;
  error: unknown;
  retry: () => void;
}

/** What a feature puts on the map: the registry in `app/home` lists them. */
export interface MapContribution {
  /** The part of an item's key before the colon. */
  prefix: string;
  label: MessageKey;
  useItems: (filter: MapFilter, shown: boolean) => MapItems;
  Layer: ComponentType<LayerProps>;
  Legend: ComponentType;
  Panel: ComponentType<{ id: string }>;
}

export interface LayerProps {
  items: readonly MapItem[];
  onOpen: (key: string) => void;
}

export type Points = FeatureCollection<Point>;

/** The items that have a place, as the map engine takes them. */
export const asPoints = (items: readonly MapItem[]): Points => ({
  type: "FeatureCollection",
  features: items.flatMap((item) =>
    item.at
      ? [
          {
            type: "Feature" as const,
            geometry: { type: "Point" as const, coordinates: [...item.at] },
            properties: { key: item.key, title: item.title, ...item.properties },
          },
        ]
      : [],
  ),
});
