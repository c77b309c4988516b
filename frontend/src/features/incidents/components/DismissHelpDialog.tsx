import { useState, type ReactNode, type SubmitEvent } from "react";
import type { HelpRequest } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Textarea } from "@/components/ui/field";
import { FormProblem } from "@/components/ui/states";
import { toast } from "@/components/ui/toast";
import { t } from "@/i18n";
import { useDraft } from "@/lib/use-draft";
import { dismissHelp } from "../api/help";
import { useHelpDecision } from "./use-help-decision";

/** Why a call for help is no task. It cannot be taken back: whoever reads the journal must understand it. */
export function DismissHelpDialog({ call, onClose }: { call: HelpRequest; onClose: () => void }): ReactNode {
  const [{ reason }, change, clear] = useDraft(`help-dismissal.${call.id}`, { reason: "" });
  const [checked, setChecked] = useState(false);
  const save = useHelpDecision(
    (text: string) => dismissHelp(call.id, text),
    () => {
      clear();
      toast(t("incidents.helpDismissedToast"));
      onClose();
    },
  );
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    setChecked(true);
    if (reason.trim()) save.mutate(reason.trim());
  };
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())} title={t("incidents.dismissHelpTitle")} description={t("incidents.dismissHelpDetail")}>
      <blockquote lang={call.language} dir="auto" className="rounded-md bg-surface-2 px-3 py-2 break-words whitespace-pre-wrap">
        {call.text}
      </blockquote>
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        <Field label={t("incidents.dismissHelpReason")} error={checked && !reason.trim() ? t("incidents.dismissHelpReasonNeeded") : undefined}>
          {(control) => <Textarea {...control} autoFocus rows={2} maxLength={200} value={reason} onChange={(e) => change({ reason: e.target.value })} />}
        </Field>
        <FormProblem error={save.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" look="danger" busy={save.isPending}>
            {t("incidents.dismissHelp")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
