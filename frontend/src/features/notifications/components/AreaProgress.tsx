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
      "text-allow-overlap": true,
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
        ({ piece, geometry, counts }): MapArea => ({
          key: String(piece),
          geometry: geometry as unknown as Geometry,
          properties: { severity, share: share(counts), label: t("notifications.mapLabel", { number: piece + 1, reached: counts.reached, recipients: counts.recipients }) },
        }),
      ),
    [parts, severity],
  );
  return (
    <Section title={t("notifications.byArea")}>
      <div className="@container">
        <div className="grid grid-cols-1 @4xl:grid-cols-[2fr_3fr]">
          <div className="relative h-72 border-line @max-4xl:border-b @4xl:border-e print:hidden">
            <AreasMap id="delivery" areas={areas} layers={layers} />
          </div>
          <div className="min-w-0">
            <CountsTable
              label={t("notifications.areaNumbers")}
              head={t("notifications.area")}
              lines={parts.map(({ piece, description, counts }) => ({ key: String(piece), name: t("notifications.areaNumbered", { number: piece + 1, area: description || t("notifications.areaUnnamed") }), counts }))}
            />
            <p className="p-3 text-xs text-ink-3">{t("notifications.mapLegend")}</p>
          </div>
        </div>
      </div>
    </Section>
  );
}
