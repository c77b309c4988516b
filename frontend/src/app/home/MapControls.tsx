import { Layers } from "lucide-react";
import { useState, type ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Menu, MenuCheck, MenuLabel, MenuLine } from "@/components/ui/menu";
import { t } from "@/i18n";
import type { MapContribution } from "@/map/types";

const BASEMAP = ["states", "counties", "labels"] as const;

interface MapControlsProps {
  contributions: readonly MapContribution[];
  hidden: ReadonlySet<string>;
  onToggle: (name: string) => void;
}

/** Which layers are drawn, and what the marks mean. */
export function MapControls({ contributions, hidden, onToggle }: MapControlsProps): ReactNode {
  const [legend, setLegend] = useState(false);
  return (
    <div className="no-print absolute end-3 top-2 flex flex-col items-end gap-1.5">
      <div className="flex gap-1.5">
        <Button size="small" aria-expanded={legend} onClick={() => setLegend(!legend)}>
          {t("map.legend")}
        </Button>
        <Menu
          trigger={
            <Button size="small">
              <Layers aria-hidden />
              {t("map.layers")}
            </Button>
          }
        >
          <MenuLabel>{t("map.layers")}</MenuLabel>
          {contributions.map(({ prefix, label }) => (
            <MenuCheck key={prefix} checked={!hidden.has(prefix)} onChange={() => onToggle(prefix)}>
              {t(label)}
            </MenuCheck>
          ))}
          <MenuLine />
          <MenuLabel>{t("map.basemap")}</MenuLabel>
          {BASEMAP.map((name) => (
            <MenuCheck key={name} checked={!hidden.has(name)} onChange={() => onToggle(name)}>
              {t(`map.layer.${name}`)}
            </MenuCheck>
          ))}
        </Menu>
      </div>
      {legend ? (
        <section aria-label={t("map.legend")} className="flex flex-col gap-2 rounded-md border border-line bg-surface-1 p-3 text-xs">
          {contributions.map(({ prefix, label, Legend }) => (
            <div key={prefix}>
              <h2 className="mb-1 font-semibold">{t(label)}</h2>
              <Legend />
            </div>
          ))}
        </section>
      ) : null}
    </div>
  );
}
