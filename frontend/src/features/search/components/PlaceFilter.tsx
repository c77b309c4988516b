import { ChevronDown } from "lucide-react";
import { useState, type ReactNode } from "react";
import { useUnits } from "@/auth/me";
import { Button } from "@/components/ui/button";
import { Menu, MenuItem, MenuLabel, MenuLine } from "@/components/ui/menu";
import { toast } from "@/components/ui/toast";
import { t } from "@/i18n";
import { cn } from "@/lib/cn";
import { mapViewStore } from "@/lib/map-view";
import { useFilter } from "@/lib/search-params";
import { distance } from "@/lib/units";

/** Kilometres; in miles they are as round. */
const DISTANCES = { metric: [10, 50, 200], us: [16.093, 48.28, 160.934] } as const;
const LOCATE_MS = 10_000;

/** Where: in the part of the map that was last in view, or within some distance of here. */
export function PlaceFilter(): ReactNode {
  const { get, set } = useFilter();
  const units = useUnits();
  const view = mapViewStore((s) => s.bbox);
  const [locating, setLocating] = useState(false);
  const bbox = get("bbox");
  const near = get("near");
  const km = near ? Number(near.split(",")[2]) : null;
  const said = bbox ? t("search.place.box") : km !== null ? t("search.place.near", { distance: distance(km, units) }) : t("search.place");

  function nearMe(within: number): void {
    const [longitude, latitude] = near?.split(",") ?? [];
    if (longitude && latitude) {
      set({ near: `${longitude},${latitude},${within}`, bbox: null });
      return;
    }
    setLocating(true);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        setLocating(false);
        // To a kilometre: the address may be handed on.
        set({ near: `${coords.longitude.toFixed(2)},${coords.latitude.toFixed(2)},${within}`, bbox: null });
      },
      () => {
        setLocating(false);
        toast(t("search.place.unknown"), { tone: "danger" });
      },
      { maximumAge: 300_000, timeout: LOCATE_MS },
    );
  }
  return (
    <Menu
      align="start"
      trigger={
        <Button size="small" busy={locating} className={cn("rounded-full", (bbox ?? near) && "border-accent bg-accent-soft text-accent")}>
          {said}
          <ChevronDown aria-hidden />
        </Button>
      }
    >
      <MenuLabel>{t("search.place")}</MenuLabel>
      <MenuItem onSelect={() => set({ bbox: null, near: null })}>{t("search.place.anywhere")}</MenuItem>
      <MenuItem disabled={view === null} onSelect={() => set({ bbox: view, near: null })}>
        {t("search.place.view")}
      </MenuItem>
      <MenuLine />
      {DISTANCES[units].map((within) => (
        <MenuItem key={within} onSelect={() => nearMe(within)}>
          {t(near ? "search.place.within" : "search.place.withinMe", { distance: distance(within, units) })}
        </MenuItem>
      ))}
    </Menu>
  );
}
