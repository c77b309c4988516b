import { Pencil } from "lucide-react";
import { useState, type ReactNode, type SubmitEvent } from "react";
import { asProblem } from "@/api/problem";
import type { ChangeObjective, ChangePeriod, ChangeTask, Objective, OperationalPeriod, Task } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input, Select } from "@/components/ui/field";
import { FormProblem } from "@/components/ui/states";
import { t } from "@/i18n";
import { fromLocalInput, toLocalInput } from "@/lib/time";
import { changeObjective, changePeriod, changeTask } from "../api/work";
import { useItemEdit } from "./use-item-edit";

interface EditProps<Kind> {
  incidentId: string;
  item: Kind;
  onClose: () => void;
}

/** Opens the form for one row; its name says which. */
export const EditButton = ({ name, onClick }: { name: string; onClick: () => void }): ReactNode => (
  <Button look="quiet" size="icon" className="no-print" aria-label={t("incidents.editItem", { name })} onClick={onClick}>
    <Pencil />
  </Button>
);

interface FormProps {
  title: string;
  busy: boolean;
  error: Error | null;
  contested: boolean;
  onSubmit: () => void;
  onClose: () => void;
  children: ReactNode;
}

function Form({ title, busy, error, contested, onSubmit, onClose, children }: FormProps): ReactNode {
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())} title={title}>
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        {children}
        {contested ? (
          <p role="alert" className="text-sm text-warning">
            {t("incidents.contested")}
          </p>
        ) : null}
        <FormProblem error={error} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" look="primary" busy={busy}>
            {t("common.save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

const meanwhile = (contested: boolean, value: string): string | undefined => (contested ? t("incidents.contestedValue", { value: value || "–" }) : undefined);

const PRIORITIES = [1, 2, 3, 4, 5, 6, 7, 8, 9];

export function EditObjective({ incidentId, item, onClose }: EditProps<Objective>): ReactNode {
  const [start] = useState({ text: item.text, priority: item.priority });
  const [form, setForm] = useState(start);
  const [checked, setChecked] = useState(false);
  const { save, ...edit } = useItemEdit<Objective, ChangeObjective>({
    incidentId, item, among: (incident) => incident.objectives, send: (from, changes) => changeObjective(incidentId, from, changes), onDone: onClose,
  });
  const problem = edit.error ? asProblem(edit.error) : null;
  const text = form.text.trim();
  const onSubmit = (): void => {
    setChecked(true);
    if (text) save({ ...(text === start.text ? {} : { text }), ...(form.priority === start.priority ? {} : { priority: form.priority }) });
  };
  return (
    <Form title={t("incidents.editObjective")} {...edit} onSubmit={onSubmit} onClose={onClose}>
      <Field label={t("incidents.objectiveText")} hint={meanwhile(edit.contested, item.text)} error={(checked && !text ? t("incidents.textNeeded") : undefined) ?? problem?.field("/text")}>
        {(control) => <Input {...control} autoFocus maxLength={500} value={form.text} onChange={(e) => setForm({ ...form, text: e.target.value })} />}
      </Field>
      <Field label={t("incidents.priority")} hint={t("incidents.priorityHint")} error={problem?.field("/priority")} className="w-32">
        {(control) => (
          <Select {...control} value={form.priority ?? ""} onChange={(e) => setForm({ ...form, priority: e.target.value ? Number(e.target.value) : null })}>
            <option value="">–</option>
            {PRIORITIES.map((priority) => (
              <option key={priority} value={priority}>
                {priority}
              </option>
            ))}
          </Select>
        )}
      </Field>
    </Form>
  );
}

export function EditTask({ incidentId, item, onClose }: EditProps<Task>): ReactNode {
  const [start] = useState({ title: item.title, assignee: item.assignee ?? "", due: item.due_at ? toLocalInput(item.due_at) : "" });
  const [form, setForm] = useState(start);
  const [checked, setChecked] = useState(false);
  const { save, ...edit } = useItemEdit<Task, ChangeTask>({
    incidentId, item, among: (incident) => incident.tasks, send: (from, changes) => changeTask(incidentId, from, changes), onDone: onClose,
  });
  const problem = edit.error ? asProblem(edit.error) : null;
  const title = form.title.trim();
  const assignee = form.assignee.trim();
  const onSubmit = (): void => {
    setChecked(true);
    if (!title) return;
    save({
      ...(title === start.title ? {} : { title }),
      ...(assignee === start.assignee ? {} : { assignee: assignee || null }),
      ...(form.due === start.due ? {} : { due_at: form.due ? fromLocalInput(form.due) : null }),
    });
  };
  return (
    <Form title={t("incidents.editTask")} {...edit} onSubmit={onSubmit} onClose={onClose}>
      <Field label={t("incidents.taskTitle")} hint={meanwhile(edit.contested, item.title)} error={(checked && !title ? t("incidents.textNeeded") : undefined) ?? problem?.field("/title")}>
        {(control) => <Input {...control} autoFocus maxLength={500} value={form.title} onChange={(e) => setForm({ ...form, title: e.target.value })} />}
      </Field>
      <Field label={t("incidents.assignee")} hint={meanwhile(edit.contested, item.assignee ?? "")} error={problem?.field("/assignee")}>
        {(control) => <Input {...control} maxLength={200} value={form.assignee} onChange={(e) => setForm({ ...form, assignee: e.target.value })} />}
      </Field>
      <Field label={t("incidents.due")} hint={meanwhile(edit.contested, item.due_at ? toLocalInput(item.due_at).replace("T", " ") : "")} error={problem?.field("/due_at")}>
        {(control) => <Input {...control} type="datetime-local" value={form.due} onChange={(e) => setForm({ ...form, due: e.target.value })} />}
      </Field>
    </Form>
  );
}

export function EditPeriod({ incidentId, item, onClose }: EditProps<OperationalPeriod>): ReactNode {
  const [start] = useState({ starts: toLocalInput(item.starts_at), ends: toLocalInput(item.ends_at) });
  const [form, setForm] = useState(start);
  const [checked, setChecked] = useState(false);
  const { save, ...edit } = useItemEdit<OperationalPeriod, ChangePeriod>({
    incidentId, item, among: (incident) => incident.periods, send: (from, changes) => changePeriod(incidentId, from, changes), onDone: onClose,
  });
  const problem = edit.error ? asProblem(edit.error) : null;
  const backwards = form.starts >= form.ends;
  const onSubmit = (): void => {
    setChecked(true);
    if (backwards || !form.starts) return;
    save({
      ...(form.starts === start.starts ? {} : { starts_at: fromLocalInput(form.starts) }),
      ...(form.ends === start.ends ? {} : { ends_at: fromLocalInput(form.ends) }),
    });
  };
  return (
    <Form title={t("incidents.editPeriod", { number: item.number })} {...edit} onSubmit={onSubmit} onClose={onClose}>
      <Field label={t("incidents.starts")} hint={meanwhile(edit.contested, toLocalInput(item.starts_at).replace("T", " "))} error={problem?.field("/starts_at")}>
        {(control) => <Input {...control} type="datetime-local" required value={form.starts} onChange={(e) => setForm({ ...form, starts: e.target.value })} />}
      </Field>
      <Field
        label={t("incidents.ends")}
        hint={meanwhile(edit.contested, toLocalInput(item.ends_at).replace("T", " "))}
        error={(checked && backwards ? t("incidents.endsBeforeStart") : undefined) ?? problem?.field("/ends_at")}
      >
        {(control) => <Input {...control} type="datetime-local" required value={form.ends} onChange={(e) => setForm({ ...form, ends: e.target.value })} />}
      </Field>
    </Form>
  );
}
