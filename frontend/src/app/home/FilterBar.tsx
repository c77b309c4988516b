import { ChevronDown } from "lucide-react";
import type { ReactNode } from "react";
import { Menu, MenuCheck, MenuChoice, MenuLabel } from "@/components/ui/menu";
import { Button } from "@/components/ui/button";
import { STATUSES } from "@/components/meanings";
import { t, tOr } from "@/i18n";
import { cn } from "@/lib/cn";
import { useFilter } from "@/lib/search-params";
import { MAGNITUDES, PERIODS, isPeriod } from "./filter";

const NAMES = ["kind", "magnitude", "period", "status"] as const;

const FilterChip = ({ label, set, children }: { label: string; set: boolean; children: ReactNode }): ReactNode => (
  <Menu
    align="start"
    trigger={
      <Button size="small" className={cn("rounded-full", set && "border-accent bg-accent-soft text-accent")}>
        {label}
        <ChevronDown aria-hidden />
      </Button>
    }
  >
    {children}
  </Menu>
);

const kindName = (kind: string): string => tOr(`hazards.kind.${kind}`, kind.replaceAll(/[-_]/g, " "));

/** The filters as chips; what they say stands in the address. */
export function FilterBar({ kinds }: { kinds: readonly string[] }): ReactNode {
  const { get, all, set } = useFilter();
  const kind = get("kind") ?? "";
  const magnitude = get("magnitude") ?? "";
  const asked = get("period");
  const period = isPeriod(asked) ? asked : "all";
  const statuses = all("status");
  const offered = [...new Set([...kinds, ...(kind ? [kind] : [])])].sort();
  return (
    <div role="group" aria-label={t("map.filters")} className="no-print flex gap-1.5 overflow-x-auto p-2">
      <FilterChip set={kind !== ""} label={kind ? kindName(kind) : t("map.kind")}>
        <MenuChoice
          label={t("map.kind")}
          value={kind}
          choices={[{ value: "", label: t("common.all") }, ...offered.map((value) => ({ value, label: kindName(value) }))]}
          onChange={(value) => set({ kind: value })}
        />
      </FilterChip>
      <FilterChip set={magnitude !== ""} label={magnitude ? t("map.minMagnitude", { magnitude }) : t("map.magnitude")}>
        <MenuChoice
          label={t("map.magnitude")}
          value={magnitude}
          choices={[{ value: "", label: t("map.anyMagnitude") }, ...MAGNITUDES.map((value) => ({ value, label: t("map.minMagnitude", { magnitude: value }) }))]}
          onChange={(value) => set({ magnitude: value })}
        />
      </FilterChip>
      <FilterChip set={period !== "all"} label={period === "all" ? t("map.period") : t(`map.period.${period}`)}>
        <MenuChoice
          label={t("map.period")}
          value={period}
          choices={(["1h", "24h", "7d", "30d", "all"] as const).map((value) => ({ value, label: t(`map.period.${value}`) }))}
          onChange={(value) => set({ period: value in PERIODS ? value : null })}
        />
      </FilterChip>
      <FilterChip
        set={statuses.length > 0}
        label={statuses.length > 0 ? statuses.map((s) => tOr(`common.status.${s}`, s)).join(", ") : t("map.status")}
      >
        <MenuLabel>{t("map.status")}</MenuLabel>
        {STATUSES.map((status) => (
          <MenuCheck
            key={status}
            checked={statuses.includes(status)}
            onChange={(on) => set({ status: on ? [...statuses, status] : statuses.filter((s) => s !== status) })}
          >
            {t(`common.status.${status}`)}
          </MenuCheck>
        ))}
      </FilterChip>
      {NAMES.some((name) => get(name) !== null) ? (
        <Button size="small" look="quiet" onClick={() => set(Object.fromEntries(NAMES.map((name) => [name, null])))}>
          {t("common.clearFilters")}
        </Button>
      ) : null}
    </div>
  );
}
