import { useState, type ReactNode, type SubmitEvent } from "react";
import type { IncidentDetail, Task, TaskStatus } from "@/api/types";
import { Section } from "@/components/Page";
import { Time, useNow } from "@/components/Time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Field, Input, Select } from "@/components/ui/field";
import { t } from "@/i18n";
import { cn } from "@/lib/cn";
import { fromLocalInput } from "@/lib/time";
import { useEdit } from "@/offline/use-edit";
import { incidentQuery } from "../api/incidents";
import { EditButton, EditTask } from "./EditItems";
import { useMayIn } from "./use-may-in";

const ORDER: Record<TaskStatus, number> = { in_progress: 0, open: 1, done: 2, cancelled: 3 };

export function Tasks({ incident }: { incident: IncidentDetail }): ReactNode {
  const may = useMayIn(incident, "incidents:work");
  const sorted = incident.tasks.toSorted((a, b) => ORDER[a.status] - ORDER[b.status] || (a.due_at ?? "~").localeCompare(b.due_at ?? "~"));
  return (
    <Section title={t("incidents.tasks")}>
      {sorted.length === 0 ? <p className="p-3 text-sm text-ink-3">{t("incidents.tasksEmpty")}</p> : null}
      <ul>
        {sorted.map((task) => (
          <Row key={task.id} incident={incident} task={task} may={may} />
        ))}
      </ul>
      {may ? <AddTask incident={incident} /> : null}
    </Section>
  );
}

interface RowProps {
  incident: IncidentDetail;
  task: Task;
  may: boolean;
}

function Row({ incident, task, may }: RowProps): ReactNode {
  const [editing, setEditing] = useState(false);
  const now = useNow();
  const edit = useEdit<IncidentDetail>(incidentQuery(incident.id).queryKey, (data, { body }) => ({
    ...data,
    tasks: data.tasks.map((each) => (each.id === task.id ? { ...each, ...(body as Pick<Task, "status">) } : each)),
  }));
  const set = (status: TaskStatus): void =>
    edit.mutate({
      method: "POST",
      path: `/api/v1/incidents/${incident.id}/tasks/${task.id}/status`,
      body: { status },
      label: t("incidents.taskLabel", { text: task.title, status: t(`incidents.taskStatus.${status}`) }),
    });
  const going = task.status === "open" || task.status === "in_progress";
  const overdue = going && task.due_at !== null && Date.parse(task.due_at) < now;
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-3 py-1.5">
      <div className={cn("min-w-48 flex-1", !going && "text-ink-3", task.status === "cancelled" && "line-through")}>
        <p>{task.title}</p>
        <p className="flex flex-wrap items-center gap-x-2 text-xs text-ink-3">
          <span>{task.assignee ?? t("incidents.unassigned")}</span>
          {task.due_at ? (
            <span>
              {t("incidents.due")} <Time at={task.due_at} />
            </span>
          ) : null}
          {overdue ? <Badge tone="warning">{t("incidents.overdue")}</Badge> : null}
        </p>
      </div>
      {may ? (
        <Select className="w-auto" aria-label={t("incidents.taskLabel", { text: task.title, status: "" })} value={task.status} onChange={(e) => set(e.target.value as TaskStatus)}>
          {[...new Set([task.status, ...task.next_statuses])].map((status) => (
            <option key={status} value={status}>
              {t(`incidents.taskStatus.${status}`)}
            </option>
          ))}
        </Select>
      ) : (
        <span className="text-xs text-ink-2">{t(`incidents.taskStatus.${task.status}`)}</span>
      )}
      {may ? <EditButton name={task.title} onClick={() => setEditing(true)} /> : null}
      {editing ? <EditTask incidentId={incident.id} item={task} onClose={() => setEditing(false)} /> : null}
    </li>
  );
}

const EMPTY = { title: "", assignee: "", due: "" };

function AddTask({ incident }: { incident: IncidentDetail }): ReactNode {
  const [task, setTask] = useState(EMPTY);
  const edit = useEdit(incidentQuery(incident.id).queryKey);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const title = task.title.trim();
    if (!title) return;
    edit.mutate(
      {
        method: "POST",
        path: `/api/v1/incidents/${incident.id}/tasks`,
        body: { title, ...(task.assignee.trim() ? { assignee: task.assignee.trim() } : {}), ...(task.due ? { due_at: fromLocalInput(task.due) } : {}) },
        label: t("incidents.taskLabel", { text: title, status: t("incidents.taskStatus.open") }),
      },
      { onSuccess: () => setTask(EMPTY) },
    );
  };
  return (
    <form onSubmit={submit} className="no-print flex flex-wrap items-end gap-2 p-3">
      <Field label={t("incidents.taskTitle")} className="min-w-48 flex-1">
        {(control) => <Input {...control} maxLength={200} value={task.title} onChange={(e) => setTask({ ...task, title: e.target.value })} />}
      </Field>
      <Field label={t("incidents.assignee")} className="w-40">
        {(control) => <Input {...control} maxLength={200} value={task.assignee} onChange={(e) => setTask({ ...task, assignee: e.target.value })} />}
      </Field>
      <Field label={t("incidents.due")} className="w-48">
        {(control) => <Input {...control} type="datetime-local" value={task.due} onChange={(e) => setTask({ ...task, due: e.target.value })} />}
      </Field>
      <Button type="submit" busy={edit.isPending} disabled={!task.title.trim()}>
        {t("incidents.addTask")}
      </Button>
    </form>
  );
}
