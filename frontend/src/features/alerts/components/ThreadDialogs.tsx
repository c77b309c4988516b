import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode, type SubmitEvent } from "react";
import { useNavigate } from "react-router";
import { Problem } from "@/api/problem";
import type { ReceivedThreadDetail } from "@/api/types";
import { SeverityMark } from "@/components/meanings";
import { QueryView } from "@/components/QueryView";
import { Time } from "@/components/Time";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/field";
import { FormProblem } from "@/components/ui/states";
import { toast } from "@/components/ui/toast";
import { t } from "@/i18n";
import { joinThreads, splitThread, threadsQuery, undoChange } from "../api/received";

interface ThreadDialogProps {
  thread: ReceivedThreadDetail;
  onClose: () => void;
}

/** Take back a split or a join that was just made. */
function useUndo(): (id: string) => void {
  const client = useQueryClient();
  return (id) => void undoChange(id).then(() => client.invalidateQueries({ queryKey: ["received-alerts"] }));
}

/** Which alerts speak of another event, and why. */
export function SplitDialog({ thread, onClose }: ThreadDialogProps): ReactNode {
  const client = useQueryClient();
  const undo = useUndo();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [reason, setReason] = useState("");
  const [checked, setChecked] = useState(false);
  const wrong = chosen.length === 0 || chosen.length === thread.items.length;
  const split = useMutation({
    mutationFn: () => splitThread(thread.id, chosen, reason.trim()),
    onSuccess: ({ change_id: change }) => {
      void client.invalidateQueries({ queryKey: ["received-alerts"] });
      toast(t("receivedAlerts.splitToast", { count: chosen.length }), { undo: () => undo(change) });
      onClose();
    },
  });
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    setChecked(true);
    if (!wrong && reason.trim()) split.mutate();
  };
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())} title={t("receivedAlerts.splitTitle")} description={t("receivedAlerts.splitDetail")}>
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        <Choices
          label={t("receivedAlerts.splitChoose")}
          error={checked && wrong ? t("receivedAlerts.splitNone") : undefined}
          choices={thread.items.map((alert) => ({ id: alert.id, severity: alert.severity, title: alert.headline, from: alert.sender_name ?? alert.sender, at: alert.sent }))}
          chosen={chosen}
          onChange={setChosen}
        />
        <Reason reason={reason} onChange={setReason} checked={checked} error={split.error} />
        <FormProblem error={split.error} />
        <Buttons busy={split.isPending} label={t("receivedAlerts.splitNow")} onClose={onClose} />
      </form>
    </Dialog>
  );
}

/** Which threads speak of the same event, and why. */
export function JoinDialog({ thread, onClose }: ThreadDialogProps): ReactNode {
  const client = useQueryClient();
  const navigate = useNavigate();
  const undo = useUndo();
  const query = useInfiniteQuery(threadsQuery({ exercise: thread.exercise, inForce: false, several: false }));
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [reason, setReason] = useState("");
  const [checked, setChecked] = useState(false);
  const join = useMutation({
    mutationFn: () => joinThreads(thread.id, chosen, reason.trim()),
    onSuccess: ({ change_id: change, thread_id: into }) => {
      void client.invalidateQueries({ queryKey: ["received-alerts"] });
      toast(t("receivedAlerts.joinToast", { count: chosen.length }), { undo: () => undo(change) });
      onClose();
      if (into !== thread.id) void navigate(`/alerts/received/${into}`);
    },
  });
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    setChecked(true);
    if (chosen.length > 0 && reason.trim()) join.mutate();
  };
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())} title={t("receivedAlerts.joinTitle")} description={t("receivedAlerts.joinDetail")} className="max-w-xl">
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        <QueryView query={query}>
          {({ pages }) => {
            const others = pages.flatMap((page) => page.items).filter((each) => each.id !== thread.id);
            return others.length === 0 ? (
              <p className="text-sm text-ink-3">{t("receivedAlerts.joinNothing")}</p>
            ) : (
              <>
                <Choices
                  label={t("receivedAlerts.joinChoose")}
                  error={checked && chosen.length === 0 ? t("receivedAlerts.joinNone") : undefined}
                  choices={others.map((each) => ({ id: each.id, severity: each.severity, title: each.headline ?? t("receivedAlerts.untitled"), from: each.senders.join(", "), at: each.last_sent }))}
                  chosen={chosen}
                  onChange={setChosen}
                />
                {query.hasNextPage ? (
                  <Button size="small" look="quiet" className="self-start" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                    {t("common.loadMore")}
                  </Button>
                ) : null}
              </>
            );
          }}
        </QueryView>
        <Reason reason={reason} onChange={setReason} checked={checked} error={join.error} />
        <FormProblem error={join.error} />
        <Buttons busy={join.isPending} label={t("receivedAlerts.joinNow")} onClose={onClose} />
      </form>
    </Dialog>
  );
}

interface Choice {
  id: string;
  severity: ReceivedThreadDetail["severity"];
  title: string;
  from: string;
  at: string | null;
}

interface ChoicesProps {
  label: string;
  error: string | undefined;
  choices: readonly Choice[];
  chosen: readonly string[];
  onChange: (chosen: readonly string[]) => void;
}

const Choices = ({ label, error, choices, chosen, onChange }: ChoicesProps): ReactNode => (
  <fieldset className="min-w-0">
    <legend className="pb-1 text-xs font-medium text-ink-2">{label}</legend>
    <div className="flex max-h-72 flex-col divide-y divide-line overflow-y-auto rounded-md border border-line">
      {choices.map(({ id, severity, title, from, at }) => (
        <label key={id} className="flex min-h-10 cursor-pointer items-center gap-2 px-2 py-1 hover:bg-surface-2/60 has-checked:bg-accent-soft coarse:min-h-11">
          <input
            type="checkbox"
            className="size-4 shrink-0 accent-(--accent)"
            checked={chosen.includes(id)}
            onChange={(e) => onChange(e.target.checked ? [...chosen, id] : chosen.filter((each) => each !== id))}
          />
          <span className="min-w-0 flex-1">
            <span className="block truncate font-medium">{title}</span>
            <span className="flex gap-2 text-xs text-ink-3">
              <SeverityMark severity={severity} />
              <span className="truncate">{from}</span>
            </span>
          </span>
          <Time at={at} className="shrink-0 text-xs text-ink-3" />
        </label>
      ))}
    </div>
    {error ? <p className="pt-1 text-xs font-medium text-danger">{error}</p> : null}
  </fieldset>
);

interface ReasonProps {
  reason: string;
  onChange: (reason: string) => void;
  checked: boolean;
  error: Error | null;
}

const Reason = ({ reason, onChange, checked, error }: ReasonProps): ReactNode => (
  <Field
    label={t("receivedAlerts.reason")}
    hint={t("receivedAlerts.reasonHint")}
    error={checked && !reason.trim() ? t("receivedAlerts.reasonNeeded") : error instanceof Problem ? error.field("/reason") : undefined}
  >
    {(control) => <Input {...control} maxLength={500} value={reason} onChange={(e) => onChange(e.target.value)} />}
  </Field>
);

const Buttons = ({ busy, label, onClose }: { busy: boolean; label: string; onClose: () => void }): ReactNode => (
  <div className="flex justify-end gap-2">
    <Button onClick={onClose}>{t("common.cancel")}</Button>
    <Button type="submit" look="primary" busy={busy}>
      {label}
    </Button>
  </div>
);
