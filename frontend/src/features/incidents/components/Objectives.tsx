import { useState, type ReactNode, type SubmitEvent } from "react";
import type { IncidentDetail, Objective, ObjectiveStatus } from "@/api/types";
import { Section } from "@/components/Page";
import { Button } from "@/components/ui/button";
import { Field, Input, Select } from "@/components/ui/field";
import { t } from "@/i18n";
import { cn } from "@/lib/cn";
import { useEdit } from "@/offline/use-edit";
import { incidentQuery } from "../api/incidents";
import { EditButton, EditObjective } from "./EditItems";
import { useMayIn } from "./use-may-in";

/** What must be true at the end of the operational period, by priority. */
export function Objectives({ incident }: { incident: IncidentDetail }): ReactNode {
  const may = useMayIn(incident, "incidents:plan");
  const sorted = incident.objectives.toSorted((a, b) => (a.priority ?? 99) - (b.priority ?? 99));
  return (
    <Section title={t("incidents.objectives")}>
      {sorted.length === 0 ? <p className="p-3 text-sm text-ink-3">{t("incidents.objectivesEmpty")}</p> : null}
      <ul>
        {sorted.map((objective) => (
          <Row key={objective.id} incident={incident} objective={objective} may={may} />
        ))}
      </ul>
      {may ? <AddObjective incident={incident} /> : null}
    </Section>
  );
}

interface RowProps {
  incident: IncidentDetail;
  objective: Objective;
  may: boolean;
}

function Row({ incident, objective, may }: RowProps): ReactNode {
  const [editing, setEditing] = useState(false);
  const edit = useEdit<IncidentDetail>(incidentQuery(incident.id).queryKey, (data, { body }) => ({
    ...data,
    objectives: data.objectives.map((o) => (o.id === objective.id ? { ...o, ...(body as Pick<Objective, "status">) } : o)),
  }));
  const set = (status: ObjectiveStatus): void =>
    edit.mutate({
      method: "POST",
      path: `/api/v1/incidents/${incident.id}/objectives/${objective.id}/status`,
      body: { status },
      label: t("incidents.objectiveLabel", { text: objective.text, status: t(`incidents.objectiveStatus.${status}`) }),
    });
  return (
    <li className="flex flex-wrap items-center gap-2 border-b border-line px-3 py-1.5">
      {objective.priority === null ? null : (
        <span className="tabular w-5 shrink-0 text-center text-xs text-ink-3" title={t("incidents.priority")}>
          {objective.priority}
        </span>
      )}
      <span className={cn("min-w-48 flex-1", objective.status !== "open" && "text-ink-3", objective.status === "dropped" && "line-through")}>{objective.text}</span>
      {may ? (
        <Select
          className="w-auto"
          aria-label={t("incidents.objectiveLabel", { text: objective.text, status: "" })}
          value={objective.status}
          onChange={(e) => set(e.target.value as ObjectiveStatus)}
        >
          {[...new Set([objective.status, ...objective.next_statuses])].map((status) => (
            <option key={status} value={status}>
              {t(`incidents.objectiveStatus.${status}`)}
            </option>
          ))}
        </Select>
      ) : (
        <span className="text-xs text-ink-2">{t(`incidents.objectiveStatus.${objective.status}`)}</span>
      )}
      {may ? <EditButton name={objective.text} onClick={() => setEditing(true)} /> : null}
      {editing ? <EditObjective incidentId={incident.id} item={objective} onClose={() => setEditing(false)} /> : null}
    </li>
  );
}

function AddObjective({ incident }: { incident: IncidentDetail }): ReactNode {
  const [text, setText] = useState("");
  const edit = useEdit(incidentQuery(incident.id).queryKey);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const period = incident.periods.at(-1);
    if (!text.trim()) return;
    edit.mutate(
      {
        method: "POST",
        path: `/api/v1/incidents/${incident.id}/objectives`,
        body: { text: text.trim(), ...(period ? { period_id: period.id } : {}) },
        label: t("incidents.objectiveLabel", { text: text.trim(), status: t("incidents.objectiveStatus.open") }),
      },
      { onSuccess: () => setText("") },
    );
  };
  return (
    <form onSubmit={submit} className="no-print flex items-end gap-2 p-3">
      <Field label={t("incidents.objectiveText")} hideLabel className="flex-1">
        {(control) => <Input {...control} maxLength={500} placeholder={t("incidents.objectiveText")} value={text} onChange={(e) => setText(e.target.value)} />}
      </Field>
      <Button type="submit" busy={edit.isPending} disabled={!text.trim()}>
        {t("incidents.addObjective")}
      </Button>
    </form>
  );
}
