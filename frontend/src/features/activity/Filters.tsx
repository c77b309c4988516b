import { useQuery } from "@tanstack/react-query";
import { SlidersHorizontal } from "lucide-react";
import { useState, type ReactNode } from "react";
import { useMay } from "@/auth/me";
import { Button } from "@/components/ui/button";
import { Badge, Chip } from "@/components/ui/badge";
import { Field, Input, Select } from "@/components/ui/field";
import { t } from "@/i18n";
import { cn } from "@/lib/cn";
import { useFilter } from "@/lib/search-params";
import { fromLocalInput, timeZone, toLocalInput } from "@/lib/time";
import { useExercise } from "@/lib/world";
import { incidentsQuery, peopleQuery } from "./api/choices";
import { GROUPS } from "./groups";
import { PERIODS, useJournalFilter } from "./journal";

/** Which entries: of an incident, of a person, of a period, of some kinds. All of it stands in the address. */
export function Filters(): ReactNode {
  const { set } = useFilter();
  const { filter, groups, period } = useJournalFilter();
  const mayAudit = useMay("activity:audit");
  const offered = GROUPS.filter((group) => group.name !== "accounts" || mayAudit);
  // At 390 px the choices fold away, so that the journal itself is what is seen first.
  const [open, setOpen] = useState(false);
  const chosen = [filter.incidentId, filter.personId, filter.since ?? filter.until].filter((each) => each !== null).length;
  const anySet = chosen + groups.length > 0;
  return (
    <div role="search" aria-label={t("activity.filters")} className="no-print flex flex-col gap-2 border-b border-line bg-surface-1 px-4 py-2">
      <div className={cn("flex flex-wrap items-end gap-2 max-sm:grid max-sm:grid-cols-2", !open && "max-sm:hidden")}>
        <IncidentSelect value={filter.incidentId} onChange={(incident) => set({ incident, entry: null })} />
        <PersonSelect value={filter.personId} onChange={(person) => set({ person, entry: null })} />
        <PeriodSelect
          value={period ?? (filter.since !== null || filter.until !== null ? "custom" : "any")}
          onChange={(value) => {
            if (value === "custom") {
              const now = Math.floor(Date.now() / 60_000) * 60_000;
              set({ period: null, since: new Date(now - 86_400_000).toISOString(), until: null, entry: null });
            } else set({ period: value === "any" ? null : value, since: null, until: null, entry: null });
          }}
        />
        {period === null && (filter.since !== null || filter.until !== null) ? (
          <Bounds since={filter.since} until={filter.until} onChange={(bounds) => set({ ...bounds, entry: null })} />
        ) : null}
        {anySet ? (
          <Button look="quiet" onClick={() => set({ incident: null, person: null, period: null, since: null, until: null, kinds: null, entry: null })}>
            {t("common.clearFilters")}
          </Button>
        ) : null}
      </div>
      <div role="group" aria-label={t("activity.kinds")} className="-mx-4 flex gap-1.5 overflow-x-auto px-4 py-0.5">
        <Button look="quiet" size="small" className="sm:hidden" aria-expanded={open} onClick={() => setOpen(!open)}>
          <SlidersHorizontal aria-hidden />
          {t("activity.filters")}
          {chosen > 0 ? <Badge tone="accent">{chosen}</Badge> : null}
        </Button>
        {offered.map(({ name, label, icon: Icon }) => {
          const selected = groups.includes(name);
          return (
            <Chip key={name} selected={selected} onToggle={() => set({ kinds: selected ? groups.filter((each) => each !== name) : [...groups, name], entry: null })}>
              <Icon aria-hidden className="size-3.5" />
              {t(label)}
            </Chip>
          );
        })}
      </div>
    </div>
  );
}

interface ChoiceProps {
  value: string | null;
  onChange: (value: string | null) => void;
  /** What stands for "no choice". */
  none?: string;
  className?: string;
}

export function IncidentSelect({ value, onChange, none = t("activity.anyIncident"), className = "sm:w-56" }: ChoiceProps): ReactNode {
  const incidents = useQuery(incidentsQuery(useExercise()));
  return (
    <Field label={t("activity.incident")} className={className}>
      {(control) => (
        <Select {...control} value={value ?? ""} onChange={(e) => onChange(e.target.value || null)}>
          <option value="">{none}</option>
          {incidents.data?.items.map((incident) => (
            <option key={incident.id} value={incident.id}>{`${incident.name} · ${incident.number}`}</option>
          ))}
          {value !== null && incidents.data && !incidents.data.items.some((incident) => incident.id === value) ? <option value={value}>{value}</option> : null}
        </Select>
      )}
    </Field>
  );
}

export function PersonSelect({ value, onChange, none = t("activity.anyone"), className = "sm:w-48" }: ChoiceProps): ReactNode {
  const people = useQuery({ ...peopleQuery, enabled: useMay("people:read") });
  return (
    <Field label={t("activity.person")} className={className}>
      {(control) => (
        <Select {...control} value={value ?? ""} onChange={(e) => onChange(e.target.value || null)}>
          <option value="">{none}</option>
          {people.data?.items.map((person) => (
            <option key={person.id} value={person.id}>{person.name}</option>
          ))}
          {value !== null && people.data && !people.data.items.some((person) => person.id === value) ? <option value={value}>{value}</option> : null}
        </Select>
      )}
    </Field>
  );
}

const PeriodSelect = ({ value, onChange }: { value: string; onChange: (value: string) => void }): ReactNode => (
  <Field label={t("activity.period")} className="sm:w-40">
    {(control) => (
      <Select {...control} value={value} onChange={(e) => onChange(e.target.value)}>
        <option value="any">{t("activity.period.any")}</option>
        {(Object.keys(PERIODS) as (keyof typeof PERIODS)[]).map((each) => (
          <option key={each} value={each}>{t(`activity.period.${each}`)}</option>
        ))}
        <option value="custom">{t("activity.period.custom")}</option>
      </Select>
    )}
  </Field>
);

interface BoundsProps {
  since: string | null;
  until: string | null;
  onChange: (bounds: { since?: string | null; until?: string | null }) => void;
}

/** From and until, in the organization's zone. */
export function Bounds({ since, until, onChange }: BoundsProps): ReactNode {
  const bound = (value: string | null, set: (instant: string | null) => void) => ({
    type: "datetime-local",
    title: t("activity.inZone", { zone: timeZone() }),
    value: value ? toLocalInput(value) : "",
    onChange: (e: { target: { value: string } }) => set(e.target.value ? fromLocalInput(e.target.value) : null),
  });
  return (
    <>
      <Field label={t("activity.since")} className="sm:w-48">
        {(control) => <Input {...control} {...bound(since, (instant) => onChange({ since: instant }))} />}
      </Field>
      <Field label={t("activity.until")} className="sm:w-48">
        {(control) => <Input {...control} {...bound(until, (instant) => onChange({ until: instant }))} />}
      </Field>
    </>
  );
}
