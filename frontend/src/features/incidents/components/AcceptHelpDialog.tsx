import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode, type SubmitEvent } from "react";
import { Problem } from "@/api/problem";
import type { HelpRequest } from "@/api/types";
import { useMay } from "@/auth/me";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input, Select } from "@/components/ui/field";
import { FormProblem } from "@/components/ui/states";
import { toast } from "@/components/ui/toast";
import { t } from "@/i18n";
import { acceptHelp } from "../api/help";
import { declareIncident, openIncidentsQuery } from "../api/incidents";
import { useHelpDecision } from "./use-help-decision";

const NEW = "new";
const GOING_ON = ["reported", "active", "demobilizing"] as const;

/** A call for help becomes a task: of the incident that the warning belongs to, of another one, or of one declared for it. */
export function AcceptHelpDialog({ call, onClose }: { call: HelpRequest; onClose: () => void }): ReactNode {
  const client = useQueryClient();
  const mayDeclare = useMay("incidents:declare");
  const incidents = useQuery(openIncidentsQuery({ exercise: call.exercise, statuses: GOING_ON }));
  const [form, setForm] = useState({ incident: call.incident_id ?? "", name: "", title: "", assignee: "" });
  const [checked, setChecked] = useState(false);
  const change = (part: Partial<typeof form>): void => setForm((before) => ({ ...before, ...part }));
  const declaring = form.incident === NEW;
  const save = useHelpDecision(
    async () => {
      let incident = form.incident;
      if (declaring) {
        const declared = await declareIncident({ name: form.name.trim(), exercise: call.exercise, ...(call.place ? { location: call.place } : {}) });
        incident = declared.id;
        // Should the second step be refused, trying again does not declare it twice.
        change({ incident });
        void client.invalidateQueries({ queryKey: ["incidents", "list"] });
      }
      return acceptHelp(call.id, {
        ...(incident === call.incident_id ? {} : { incident_id: incident }),
        ...(form.title.trim() ? { title: form.title.trim() } : {}),
        ...(form.assignee.trim() ? { assignee: form.assignee.trim() } : {}),
      });
    },
    () => {
      toast(t("incidents.helpAcceptedToast"));
      onClose();
    },
  );
  const problem = save.error instanceof Problem ? save.error : null;
  const listed = incidents.data?.items ?? [];
  const own = call.incident_id !== null && !listed.some(({ id }) => id === call.incident_id) ? [{ id: call.incident_id, name: call.incident_name ?? "–", number: "" }] : [];
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    setChecked(true);
    if (form.incident && (!declaring || form.name.trim())) save.mutate(undefined);
  };
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())} title={t("incidents.acceptHelpTitle")} description={t("incidents.acceptHelpDetail")}>
      <blockquote lang={call.language} dir="auto" className="rounded-md bg-surface-2 px-3 py-2 break-words whitespace-pre-wrap">
        {call.text}
      </blockquote>
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        <Field label={t("incidents.helpIncident")} error={checked && !form.incident ? t("incidents.helpIncidentNeeded") : problem?.field("/incident_id")}>
          {(control) => (
            <Select {...control} value={form.incident} onChange={(e) => change({ incident: e.target.value })}>
              <option value="">{t("incidents.chooseIncident")}</option>
              {[...own, ...listed].map(({ id, name, number }) => (
                <option key={id} value={id}>
                  {number ? `${name} · ${number}` : name}
                </option>
              ))}
              {mayDeclare ? <option value={NEW}>{t("incidents.helpDeclare")}</option> : null}
            </Select>
          )}
        </Field>
        {declaring ? (
          <Field label={t("incidents.name")} hint={t("incidents.nameHint")} error={checked && !form.name.trim() ? t("incidents.nameNeeded") : problem?.field("/name")}>
            {(control) => <Input {...control} autoComplete="off" maxLength={200} value={form.name} onChange={(e) => change({ name: e.target.value })} />}
          </Field>
        ) : null}
        <Field label={t("incidents.taskTitle")} hint={t("incidents.helpTaskHint", { text: call.text.slice(0, 60) })} error={problem?.field("/title")}>
          {(control) => <Input {...control} autoComplete="off" maxLength={200} value={form.title} onChange={(e) => change({ title: e.target.value })} />}
        </Field>
        <Field label={t("incidents.assignee")} error={problem?.field("/assignee")}>
          {(control) => <Input {...control} autoComplete="off" maxLength={200} value={form.assignee} onChange={(e) => change({ assignee: e.target.value })} />}
        </Field>
        <FormProblem error={save.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" look="primary" busy={save.isPending}>
            {t(declaring ? "incidents.helpDeclareAndAccept" : "incidents.acceptHelp")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
