import { ChevronDown } from "lucide-react";
import type { ReactNode } from "react";
import { Chip } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Menu, MenuCheck, MenuChoice, MenuLabel } from "@/components/ui/menu";
import { t } from "@/i18n";
import { cn } from "@/lib/cn";
import { useFilter } from "@/lib/search-params";
import type { FacetValue, FoundPage } from "../api/search";
import { FILTERS, PERIODS, useAsked } from "../asked";
import { KindIcon, KINDS, kindsName, stateName, useOrganizationName, useTypeName } from "../names";
import { PlaceFilter } from "./PlaceFilter";

const NO_VALUES: readonly FacetValue[] = [];

const Count = ({ count }: { count: number | undefined }): ReactNode => (
  // Room for three digits from the start, so that nothing moves when the counts arrive.
  <span className="tabular min-w-4 text-end text-ink-3">{count ?? ""}</span>
);

interface ChosenFacetProps {
  label: string;
  values: readonly FacetValue[];
  chosen: readonly string[];
  nameOf: (value: string) => string;
  onChange: (chosen: string[]) => void;
}

/** A facet behind a chip: its values with what each would find; those chosen stay offered. */
function FacetMenu({ label, values, chosen, nameOf, onChange }: ChosenFacetProps): ReactNode {
  const missing = chosen.filter((one) => !values.some(({ value }) => value === one)).map((value) => ({ value, count: 0 }));
  const offered = [...values, ...missing];
  const first = chosen[0];
  const said = first === undefined ? label : chosen.length === 1 ? nameOf(first) : `${label}: ${chosen.length}`;
  return (
    <Menu
      align="start"
      trigger={
        <Button size="small" disabled={offered.length === 0} className={cn("max-w-56 rounded-full", chosen.length > 0 && "border-accent bg-accent-soft text-accent")}>
          <span className="truncate">{said}</span>
          <ChevronDown aria-hidden />
        </Button>
      }
    >
      <MenuLabel>{label}</MenuLabel>
      {offered.map(({ value, count }) => (
        <MenuCheck key={value} checked={chosen.includes(value)} onChange={(on) => onChange(on ? [...chosen, value] : chosen.filter((one) => one !== value))}>
          <span className="max-w-64 truncate">{nameOf(value)}</span>
          <span className="tabular ms-auto ps-4 text-xs text-ink-3">{count}</span>
        </MenuCheck>
      ))}
    </Menu>
  );
}

/** What narrows the search, with counts of what each choice would find. All of it stands in the address. */
export function Facets({ facets }: { facets: FoundPage["facets"] | undefined }): ReactNode {
  const { set } = useFilter();
  const { question, period, narrowed } = useAsked();
  const typeName = useTypeName();
  const organizationName = useOrganizationName();
  const kinds = [...KINDS, ...(facets?.kind ?? []).map(({ value }) => value).filter((value) => !KINDS.some((kind) => kind === value))];
  return (
    <div role="group" aria-label={t("search.filters")} className="no-print flex flex-col gap-1.5">
      <div className="-mx-4 flex gap-1.5 overflow-x-auto px-4 py-0.5">
        {kinds.map((kind) => {
          const selected = question.kind.includes(kind);
          return (
            <Chip key={kind} selected={selected} onToggle={() => set({ kind: selected ? question.kind.filter((one) => one !== kind) : [...question.kind, kind] })}>
              <KindIcon kind={kind} className="size-3.5" />
              {kindsName(kind)}
              <Count count={facets ? (facets.kind.find(({ value }) => value === kind)?.count ?? 0) : undefined} />
            </Chip>
          );
        })}
      </div>
      <div className="-mx-4 flex gap-1.5 overflow-x-auto px-4 py-0.5">
        <FacetMenu label={t("search.status")} values={facets?.status ?? NO_VALUES} chosen={question.status} nameOf={stateName} onChange={(status) => set({ status })} />
        <FacetMenu label={t("search.type")} values={facets?.type ?? NO_VALUES} chosen={question.type} nameOf={typeName} onChange={(type) => set({ type })} />
        <FacetMenu
          label={t("search.organization")}
          values={(facets?.organization_id ?? NO_VALUES).filter(({ value }) => organizationName(value) !== undefined)}
          chosen={question.organization_id}
          nameOf={(id) => organizationName(id) ?? t("search.otherOrganization")}
          onChange={(organization) => set({ organization })}
        />
        <Menu
          align="start"
          trigger={
            <Button size="small" className={cn("rounded-full", period && "border-accent bg-accent-soft text-accent")}>
              {period ? t(`search.period.${period}`) : t("search.period")}
              <ChevronDown aria-hidden />
            </Button>
          }
        >
          <MenuChoice
            label={t("search.period")}
            value={period ?? "all"}
            choices={[...(Object.keys(PERIODS) as (keyof typeof PERIODS)[]), "all" as const].map((value) => ({ value, label: t(`search.period.${value}`) }))}
            onChange={(value) => set({ period: value === "all" ? null : value })}
          />
        </Menu>
        <PlaceFilter />
        {narrowed ? (
          <Button size="small" look="quiet" onClick={() => set(Object.fromEntries(FILTERS.map((name) => [name, null])))}>
            {t("common.clearFilters")}
          </Button>
        ) : null}
      </div>
    </div>
  );
}
