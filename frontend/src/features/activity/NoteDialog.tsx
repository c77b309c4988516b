import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode, type SubmitEvent } from "react";
import { Problem } from "@/api/problem";
import type { Activity } from "@/api/types";
import { useNow } from "@/components/Time";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input, Textarea } from "@/components/ui/field";
import { FormProblem } from "@/components/ui/states";
import { toast } from "@/components/ui/toast";
import { t } from "@/i18n";
import { chosenIncidentStore } from "@/lib/chosen-incident";
import { fromLocalInput, timeZone } from "@/lib/time";
import { useDraft } from "@/lib/use-draft";
import { useExercise } from "@/lib/world";
import { sendOrKeep } from "@/offline/queue";
import { noteText } from "./EntryDetail";
import { IncidentSelect } from "./Filters";

interface NoteDialogProps {
  /** The note that this one corrects; null for a new one. */
  corrects: Activity | null;
  onClose: () => void;
}

/** Write into the journal by hand. It is appended: a correction is another note. */
export function NoteDialog({ corrects, onClose }: NoteDialogProps): ReactNode {
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={t(corrects ? "activity.correctTitle" : "activity.write")}
      description={t(corrects ? "activity.correctDetail" : "activity.writeDetail")}
    >
      <NoteForm corrects={corrects} onClose={onClose} />
    </Dialog>
  );
}

function NoteForm({ corrects, onClose }: NoteDialogProps): ReactNode {
  const client = useQueryClient();
  const exercise = useExercise();
  const chosen = chosenIncidentStore((s) => s.chosen);
  const [draft, change, clear] = useDraft(corrects ? `note.${corrects.id}` : "note", {
    text: corrects ? noteText(corrects) : "",
    incident: chosen?.exercise === exercise ? chosen.id : "",
    time: "",
  });
  const now = useNow();
  const [checked, setChecked] = useState(false);
  const time = draft.time ? fromLocalInput(draft.time) : null;
  const text = draft.text.trim();
  const future = time !== null && Date.parse(time) > now + 60_000;
  const write = useMutation({
    mutationFn: () =>
      sendOrKeep({
        method: "POST",
        path: "/api/v1/activity/notes",
        label: t("activity.noteLabel", { text: text.slice(0, 80) }),
        body: {
          text,
          ...(corrects
            ? { corrects: corrects.id, ...(corrects.incident_id ? { incident_id: corrects.incident_id } : {}), time: corrects.time }
            : { ...(draft.incident ? { incident_id: draft.incident } : {}), exercise, time: time ?? new Date().toISOString() }),
        },
      }),
    onSuccess: (outcome) => {
      toast(t(outcome.sent ? "activity.added" : "common.keptOffline"));
      clear();
      void client.invalidateQueries({ queryKey: ["journal", "pages"] });
      onClose();
    },
  });
  const problem = write.error instanceof Problem ? write.error : null;

  function submit(event: SubmitEvent): void {
    event.preventDefault();
    setChecked(true);
    if (text && !future) write.mutate();
  }

  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      {corrects ? (
        <figure>
          <figcaption className="text-xs font-medium text-ink-3">{t("activity.earlier")}</figcaption>
          <blockquote className="mt-1 max-h-32 overflow-y-auto border-s-2 border-line-strong ps-3 text-ink-2 whitespace-pre-wrap">{noteText(corrects)}</blockquote>
        </figure>
      ) : null}
      <Field label={t("activity.text")} error={checked && !text ? t("activity.textMissing") : problem?.field("/text")}>
        {(control) => (
          <Textarea
            {...control}
            autoFocus
            rows={5}
            required
            value={draft.text}
            onChange={(e) => change({ text: e.target.value })}
            onKeyDown={(e) => {
              if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) e.currentTarget.form?.requestSubmit();
            }}
          />
        )}
      </Field>
      {corrects ? null : (
        <div className="grid gap-4 sm:grid-cols-2">
          <IncidentSelect value={draft.incident || null} onChange={(incident) => change({ incident: incident ?? "" })} none={t("activity.noIncident")} className="" />
          <Field
            label={t("activity.noteTime")}
            hint={t("activity.noteTimeHint", { zone: timeZone().replaceAll("_", " ") })}
            error={future ? t("activity.noteFuture") : problem?.field("/time")}
          >
            {(control) => <Input {...control} type="datetime-local" value={draft.time} onChange={(e) => change({ time: e.target.value })} />}
          </Field>
        </div>
      )}
      {write.error && problem?.errors.length !== 1 ? <FormProblem error={write.error} /> : null}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button type="submit" look="primary" busy={write.isPending}>{t("activity.addNote")}</Button>
      </div>
    </form>
  );
}
