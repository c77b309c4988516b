import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Problem } from "@/api/problem";
import type { ChangeIncident, Severity } from "@/api/types";
import { SEVERITIES, SEVERITY_SHAPE } from "@/components/meanings";
import { Field, Input, Select, Textarea } from "@/components/ui/field";
import { t } from "@/i18n";
import { formatCoordinates, lonLat, parseCoordinates } from "@/lib/coordinates";
import { kindsQuery } from "../api/incidents";

/** A form's text; read into what the API takes by `toChange`. */
export interface IncidentForm {
  name: string;
  kind: string;
  complexity: string;
  severity: string;
  place: string;
  address: string;
  summary: string;
}

export const EMPTY_FORM: IncidentForm = { name: "", kind: "", complexity: "", severity: "", place: "", address: "", summary: "" };

/** What the form shows; a kind that has left the published list is still shown. */
type Shown = Required<Omit<ChangeIncident, "area" | "kind">> & { kind: string | null };

export const toForm = (incident: Shown): IncidentForm => {
  const at = lonLat(incident.location);
  return {
    name: incident.name,
    kind: incident.kind ?? "",
    complexity: incident.complexity_type === null ? "" : String(incident.complexity_type),
    severity: incident.severity ?? "",
    place: at ? formatCoordinates(at).decimal : "",
    address: incident.address ?? "",
    summary: incident.summary ?? "",
  };
};

/** Null for what was left empty. The place must be readable: see `placeError`. */
export function toChange(form: IncidentForm): Required<Omit<ChangeIncident, "area">> {
  const at = parseCoordinates(form.place);
  return {
    name: form.name.trim(),
    kind: (form.kind || null) as NonNullable<ChangeIncident["kind"]> | null,
    complexity_type: form.complexity ? Number(form.complexity) : null,
    severity: (form.severity || null) as Severity | null,
    location: at ? { type: "Point", coordinates: [...at] } : null,
    address: form.address.trim() || null,
    summary: form.summary.trim() || null,
  };
}

export const placeError = (form: IncidentForm): string | undefined =>
  form.place.trim() && !parseCoordinates(form.place) ? t("incidents.locationWrong") : undefined;

interface FieldsProps {
  form: IncidentForm;
  onChange: (change: Partial<IncidentForm>) => void;
  problem: Problem | null;
  /** Check what was typed, once someone has tried to send it. */
  checked: boolean;
}

export function NameField({ form, onChange, problem, checked }: FieldsProps): ReactNode {
  const missing = checked && form.name.trim() === "" ? t("incidents.nameNeeded") : undefined;
  return (
    <Field label={t("incidents.name")} hint={t("incidents.nameHint")} error={missing ?? problem?.field("/name")}>
      {(control) => <Input {...control} autoFocus name="name" maxLength={200} autoComplete="off" value={form.name} onChange={(e) => onChange({ name: e.target.value })} />}
    </Field>
  );
}

/** Everything about an incident that can follow its name. */
export function MoreFields({ form, onChange, problem, checked }: FieldsProps): ReactNode {
  const kinds = useQuery(kindsQuery).data?.items ?? [];
  const groups = [...new Set(kinds.map((kind) => kind.group))];
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field label={t("incidents.kind")} error={problem?.field("/kind")}>
        {(control) => (
          <Select {...control} value={form.kind} onChange={(e) => onChange({ kind: e.target.value })}>
            <option value="">{t("common.unknown")}</option>
            {groups.map((group) => (
              <optgroup key={group} label={group}>
                {kinds
                  .filter((kind) => kind.group === group)
                  .map(({ key, name }) => (
                    <option key={key} value={key}>
                      {name}
                    </option>
                  ))}
              </optgroup>
            ))}
          </Select>
        )}
      </Field>
      <Field label={t("incidents.severity")} error={problem?.field("/severity")}>
        {(control) => (
          <Select {...control} value={form.severity} onChange={(e) => onChange({ severity: e.target.value })}>
            <option value="">–</option>
            {SEVERITIES.map((severity) => (
              <option key={severity} value={severity}>
                {SEVERITY_SHAPE[severity]} {t(`common.severity.${severity}`)}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field label={t("incidents.complexity")} hint={t("incidents.complexityHint")} error={problem?.field("/complexity_type")}>
        {(control) => (
          <Select {...control} value={form.complexity} onChange={(e) => onChange({ complexity: e.target.value })}>
            <option value="">–</option>
            {[1, 2, 3, 4, 5].map((type) => (
              <option key={type} value={type}>
                {t("incidents.complexityType", { type })}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field label={t("incidents.location")} hint={t("incidents.locationHint")} error={(checked ? placeError(form) : undefined) ?? problem?.field("/location")}>
        {(control) => <Input {...control} value={form.place} autoComplete="off" onChange={(e) => onChange({ place: e.target.value })} />}
      </Field>
      <Field label={t("incidents.address")} error={problem?.field("/address")} className="sm:col-span-2">
        {(control) => <Input {...control} maxLength={500} value={form.address} onChange={(e) => onChange({ address: e.target.value })} />}
      </Field>
      <Field label={t("incidents.summary")} error={problem?.field("/summary")} className="sm:col-span-2">
        {(control) => <Textarea {...control} maxLength={10000} value={form.summary} onChange={(e) => onChange({ summary: e.target.value })} />}
      </Field>
    </div>
  );
}
