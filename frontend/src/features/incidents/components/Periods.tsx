import { useState, type ReactNode, type SubmitEvent } from "react";
import { asProblem } from "@/api/problem";
import type { IncidentDetail, OperationalPeriod } from "@/api/types";
import { Section } from "@/components/Page";
import { Time, useNow } from "@/components/Time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/field";
import { FormProblem } from "@/components/ui/states";
import { t } from "@/i18n";
import { fromLocalInput, localTime, toLocalInput } from "@/lib/time";
import { addPeriod } from "../api/work";
import { useSave } from "./use-save";
import { EditButton, EditPeriod } from "./EditItems";
import { useMayIn } from "./use-may-in";

const HOUR_MS = 3_600_000;
/** ICS plans in twelve-hour periods unless someone decides otherwise. */
const USUAL_HOURS = 12;

export function Periods({ incident }: { incident: IncidentDetail }): ReactNode {
  const may = useMayIn(incident, "incidents:plan");
  const now = useNow();
  const [adding, setAdding] = useState(false);
  const [editing, setEditing] = useState<OperationalPeriod | null>(null);
  return (
    <Section
      title={t("incidents.periods")}
      actions={
        may ? (
          <Button size="small" onClick={() => setAdding(true)}>
            {t("incidents.addPeriod")}
          </Button>
        ) : null
      }
    >
      {incident.periods.length === 0 ? <p className="p-3 text-sm text-ink-3">{t("incidents.periodsEmpty")}</p> : null}
      <ol>
        {incident.periods.toSorted((a, b) => b.number - a.number).map((period) => (
          <li key={period.id} className="flex flex-wrap items-center gap-x-3 border-b border-line px-3 py-1.5 last:border-b-0">
            <span className="font-medium">{t("incidents.period", { number: period.number })}</span>
            {Date.parse(period.starts_at) <= now && now < Date.parse(period.ends_at) ? <Badge tone="accent">{t("incidents.current")}</Badge> : null}
            <span className="tabular text-xs text-ink-2">
              <Time at={period.starts_at} /> – {localTime(period.ends_at)}
            </span>
            {may ? <EditButton name={t("incidents.period", { number: period.number })} onClick={() => setEditing(period)} /> : null}
          </li>
        ))}
      </ol>
      {editing ? <EditPeriod incidentId={incident.id} item={editing} onClose={() => setEditing(null)} /> : null}
      {adding ? <AddPeriod incident={incident} onClose={() => setAdding(false)} /> : null}
    </Section>
  );
}

function AddPeriod({ incident, onClose }: { incident: IncidentDetail; onClose: () => void }): ReactNode {
  const [starts, setStarts] = useState(() => {
    const last = incident.periods.toSorted((a, b) => a.number - b.number).at(-1);
    return toLocalInput(last?.ends_at ?? new Date().toISOString());
  });
  const [ends, setEnds] = useState(() => toLocalInput(new Date(Date.parse(fromLocalInput(starts)) + USUAL_HOURS * HOUR_MS).toISOString()));
  const [checked, setChecked] = useState(false);
  const backwards = starts >= ends;
  const save = useSave(incident.id, () => addPeriod(incident.id, { starts_at: fromLocalInput(starts), ends_at: fromLocalInput(ends) }), onClose);
  const problem = save.error ? asProblem(save.error) : null;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    setChecked(true);
    if (!backwards) save.mutate(undefined);
  };
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())} title={t("incidents.addPeriod")}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field label={t("incidents.starts")} error={problem?.field("/starts_at")}>
          {(control) => <Input {...control} type="datetime-local" required value={starts} onChange={(e) => setStarts(e.target.value)} />}
        </Field>
        <Field label={t("incidents.ends")} error={(checked && backwards ? t("incidents.endsBeforeStart") : undefined) ?? problem?.field("/ends_at")}>
          {(control) => <Input {...control} type="datetime-local" required value={ends} onChange={(e) => setEnds(e.target.value)} />}
        </Field>
        <FormProblem error={save.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" look="primary" busy={save.isPending}>
            {t("common.add")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
