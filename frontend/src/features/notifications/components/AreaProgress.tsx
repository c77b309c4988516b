import type { Geometry } from "geojson";
import type { LayerSpecification } from "maplibre-gl";
import { useMemo, type ReactNode } from "react";
import type { BroadcastDetail } from "@/api/types";
import { Section } from "@/components/Page";
import { t } from "@/i18n";
import { areaLayers } from "@/map/area-layers";
import type { MapArea } from "@/map/areas";
import { AreasMap } from "@/map/AreasMap";
import { share } from "../counts";
import { CountsTable } from "./CountsTable";

const css = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const shapes = areaLayers("delivery", ["interpolate", ["linear"], ["get", "share"], 0, 0.05, 1, 0.4]);

const layers = (source: string): LayerSpecification[] => [
  ...shapes(source),
  {
    id: "delivery-numbers",
    type: "symbol",
    source,
    layout: {
      "text-field": ["get", "label"],
      "text-font": ["Inter Variable", "system-ui", "sans-serif"],
      "text-size": 13,
      "text-max-width": 12,
    },
    paint: { "text-color": css("--ink-1"), "text-halo-color": css("--map-halo"), "text-halo-width": 2 },
  },
];

/** How far each area of the alert has come: on the map, and the same in a table for those who do not see it. */
export function AreaProgress({ broadcast }: { broadcast: Pick<BroadcastDetail, "by_area" | "severity"> }): ReactNode {
  const { by_area: parts, severity } = broadcast;
  const areas = useMemo(
    () =>
      parts.map(
        ({ piece, description, geometry, counts }): MapArea => ({
          key: String(piece),
          geometry: geometry as unknown as Geometry,
          properties: { severity, share: share(counts), label: `${description}\n${t("notifications.mapLabel", { reached: counts.reached, recipients: counts.recipients })}` },
        }),
      ),
    [parts, severity],
  );
  return (
    <Section title={t("notifications.byArea")}>
      <div className="grid lg:grid-cols-2">
        <div className="h-72 border-line max-lg:border-b lg:border-e print:hidden">
          <AreasMap id="delivery" areas={areas} layers={layers} />
        </div>
        <div className="min-w-0">
          <CountsTable
            label={t("notifications.areaNumbers")}
            head={t("notifications.area")}
            lines={parts.map(({ piece, description, counts }) => ({ key: String(piece), name: description || t("notifications.areaUnnamed", { number: piece + 1 }), counts }))}
          />
          <p className="p-3 text-xs text-ink-3">{t("notifications.mapLegend")}</p>
        </div>
      </div>
    </Section>
  );
}
