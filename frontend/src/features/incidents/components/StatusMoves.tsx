import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode, type SubmitEvent } from "react";
import { asProblem } from "@/api/problem";
import type { CloseReason, IncidentDetail, IncidentStatus } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Select, Textarea } from "@/components/ui/field";
import { FormProblem } from "@/components/ui/states";
import { toast } from "@/components/ui/toast";
import { t } from "@/i18n";
import { moveIncident } from "../api/incidents";
import { useMayIn } from "./use-may-in";

const REASONS: readonly CloseReason[] = ["resolved", "false_alarm", "duplicate", "transferred", "other"];

/** The steps that can follow, as the server says; closing asks for its reason. */
export function StatusMoves({ incident }: { incident: IncidentDetail }): ReactNode {
  const may = useMayIn(incident, "incidents:transition");
  const client = useQueryClient();
  const [closing, setClosing] = useState(false);
  const move = useMutation({
    mutationFn: (body: Parameters<typeof moveIncident>[1]) => moveIncident(incident.id, body),
    onSuccess: (moved) => {
      setClosing(false);
      void client.invalidateQueries({ queryKey: ["incidents"] });
      toast(t("incidents.movedToast", { name: moved.name, status: t(`common.status.${moved.status}`) }));
    },
    onError: (error, { status }) => {
      void client.invalidateQueries({ queryKey: ["incidents", "detail", incident.id] });
      // The closing dialog shows its own.
      const problem = asProblem(error);
      if (status !== "closed") toast(problem.detail || problem.title, { tone: "danger" });
    },
  });
  if (!may) return null;
  const start = (status: IncidentStatus): void => (status === "closed" ? setClosing(true) : move.mutate({ status }));
  return (
    <>
      {incident.next_statuses.map((status) => (
        <Button key={status} look={status === "active" ? "primary" : "plain"} busy={move.isPending} onClick={() => start(status)}>
          {t(`incidents.moveTo.${status}`)}
        </Button>
      ))}
      <Dialog open={closing} onOpenChange={setClosing} title={t("incidents.closeTitle", { name: incident.name })}>
        <CloseForm busy={move.isPending} error={move.error} onCancel={() => setClosing(false)} onClose={(reason, note) => move.mutate({ status: "closed", reason, ...(note ? { note } : {}) })} />
      </Dialog>
    </>
  );
}

interface CloseFormProps {
  busy: boolean;
  error: unknown;
  onCancel: () => void;
  onClose: (reason: CloseReason, note: string) => void;
}

function CloseForm({ busy, error, onCancel, onClose }: CloseFormProps): ReactNode {
  const [reason, setReason] = useState<CloseReason>("resolved");
  const [note, setNote] = useState("");
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    onClose(reason, note.trim());
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <Field label={t("incidents.closeReason")}>
        {(control) => (
          <Select {...control} value={reason} onChange={(e) => setReason(e.target.value as CloseReason)}>
            {REASONS.map((each) => (
              <option key={each} value={each}>
                {t(`incidents.reason.${each}`)}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field label={t("incidents.closeNote")} error={error ? asProblem(error).field("/note") : undefined}>
        {(control) => <Textarea {...control} maxLength={2000} required={reason === "other"} value={note} onChange={(e) => setNote(e.target.value)} />}
      </Field>
      <FormProblem error={error} />
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel}>{t("common.cancel")}</Button>
        <Button type="submit" look="primary" busy={busy}>
          {t("incidents.moveTo.closed")}
        </Button>
      </div>
    </form>
  );
}
