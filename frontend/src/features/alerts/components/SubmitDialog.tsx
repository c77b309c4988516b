import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode, type SubmitEvent } from "react";
import { asProblem } from "@/api/problem";
import type { AlertDetail, AlertFinding } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Textarea } from "@/components/ui/field";
import { FormProblem } from "@/components/ui/states";
import { toast } from "@/components/ui/toast";
import { t } from "@/i18n";
import { alertQuery, submitAlert } from "../api/alerts";
import { sentence } from "../findings";

interface SubmitProps {
  alert: AlertDetail;
  flush: () => Promise<AlertDetail | null>;
  findings: readonly AlertFinding[];
  onClose: () => void;
  onDone: () => void;
}

/** Hand the draft over to somebody else's eyes. */
export function SubmitDialog({ alert, flush, findings, onClose, onDone }: SubmitProps): ReactNode {
  const client = useQueryClient();
  const [comment, setComment] = useState("");
  const errors = findings.filter((finding) => finding.level === "error");
  const submit = useMutation({
    mutationFn: async () => {
      const saved = await flush();
      return saved ? submitAlert(saved.id, comment) : null;
    },
    onSuccess: (submitted) => {
      // What could not be saved says so on the page behind.
      if (!submitted) {
        onClose();
        return;
      }
      client.setQueryData(alertQuery(alert.id).queryKey, submitted);
      void client.invalidateQueries({ queryKey: ["alerts", "list"] });
      toast(t("alerts.submitted", { headline: submitted.headline }));
      onDone();
    },
  });
  const problem = submit.error ? asProblem(submit.error) : null;
  const send = (event: SubmitEvent): void => {
    event.preventDefault();
    submit.mutate();
  };
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())} title={t("alerts.submit")} description={t("alerts.submitDetail")}>
      {errors.length > 0 ? (
        <div className="flex flex-col gap-3">
          <p className="font-medium">{t("alerts.notReady", { count: errors.length })}</p>
          <ul className="list-disc ps-5 text-sm">
            {errors.map((error) => (
              <li key={`${error.code} ${error.pointer}`}>{sentence(error.detail)}</li>
            ))}
          </ul>
          <Button look="primary" className="self-end" onClick={onClose}>
            {t("alerts.goOnWriting")}
          </Button>
        </div>
      ) : (
        <form onSubmit={send} className="flex flex-col gap-4">
          <Field label={`${t("alerts.commentForReviewer")} (${t("common.optional")})`}>
            {(control) => <Textarea {...control} autoFocus maxLength={2000} value={comment} onChange={(e) => setComment(e.target.value)} />}
          </Field>
          <FormProblem error={submit.error} />
          {problem && problem.errors.length > 0 ? (
            <ul className="list-disc ps-5 text-sm">
              {problem.errors.map((error) => (
                <li key={`${error.pointer} ${error.detail}`}>{sentence(error.detail)}</li>
              ))}
            </ul>
          ) : null}
          <div className="flex justify-end gap-2">
            <Button onClick={onClose}>{t("common.cancel")}</Button>
            <Button type="submit" look="primary" busy={submit.isPending}>
              {t("alerts.submit")}
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
