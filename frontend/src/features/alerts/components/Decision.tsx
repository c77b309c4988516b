import { useMutation, useQueryClient, type UseMutationResult } from "@tanstack/react-query";
import { Lock, Send, ShieldCheck, Undo2, X } from "lucide-react";
import { useState, type ReactNode } from "react";
import { Link, useNavigate } from "react-router";
import type { AlertDetail, Me } from "@/api/types";
import { useMay, useMe } from "@/auth/me";
import { Section } from "@/components/Page";
import { Time } from "@/components/Time";
import { Button } from "@/components/ui/button";
import { Field, Textarea } from "@/components/ui/field";
import { FormProblem } from "@/components/ui/states";
import { toast } from "@/components/ui/toast";
import { t } from "@/i18n";
import { useDraft } from "@/lib/use-draft";
import { alertQuery, approveAlert, rejectAlert, returnAlert } from "../api/alerts";
import { PublishDialog } from "./PublishDialog";

/** Why someone cannot approve it, before they try; the server decides, and knows more. */
export function whyNot(alert: AlertDetail, me: Me | undefined): string | null {
  if (!me) return null;
  if (!me.permissions.includes("alerts:approve")) return t("alerts.mayNotApprove");
  if (alert.submitted_by?.id === me.id) return t("alerts.youSubmitted");
  if (alert.authors.some((author) => author.id === me.id)) return t("alerts.youWrote");
  return null;
}

type Step = "approve" | "return" | "reject";
const SEND: Record<Step, (id: string, comment: string) => Promise<AlertDetail>> = { approve: approveAlert, return: returnAlert, reject: rejectAlert };

function useStep(alert: AlertDetail, onDone: (step: Step) => void): UseMutationResult<AlertDetail, Error, { step: Step; comment: string }> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ step, comment }: { step: Step; comment: string }) => SEND[step](alert.id, comment),
    onSuccess: (moved, { step }) => {
      client.setQueryData(alertQuery(alert.id).queryKey, moved);
      void client.invalidateQueries({ queryKey: ["alerts", "list"] });
      toast(t(`alerts.done.${step}`, { headline: moved.headline }));
      onDone(step);
    },
    onError: () => void client.invalidateQueries({ queryKey: alertQuery(alert.id).queryKey }),
  });
}

/** What is asked of whoever looks at it now: approve, return, reject; publish what is approved. */
export function Decision({ alert }: { alert: AlertDetail }): ReactNode {
  const me = useMe();
  const approves = useMay("alerts:approve");
  const drafts = useMay("alerts:draft");
  const navigate = useNavigate();
  const [{ comment }, change, clear] = useDraft(`alert-decision.${alert.id}`, { comment: "" });
  const [needed, setNeeded] = useState(false);
  const [publishing, setPublishing] = useState(false);
  const step = useStep(alert, (taken) => {
    clear();
    if (taken === "return" && drafts) void navigate(`/alerts/${alert.id}/edit`);
    if (taken === "reject") void navigate(`/alerts/${alert.id}`);
  });
  const take = (wanted: Step): void => {
    const missing = wanted !== "approve" && comment.trim() === "";
    setNeeded(missing);
    if (!missing) step.mutate({ step: wanted, comment: comment.trim() });
  };
  const refusal = whyNot(alert, me);
  const mine = alert.submitted_by?.id === me?.id && drafts;
  const inReview = alert.status === "in_review";
  const approved = alert.status === "approved";
  if (!inReview && !approved) return <Settled alert={alert} />;
  return (
    <Section title={t(inReview ? "alerts.decision" : "alerts.approvedTitle")}>
      <div className="flex flex-col gap-3 p-3">
        <p className="text-sm text-ink-2">
          {t("alerts.submittedBy")} <span className="font-medium text-ink-1">{alert.submitted_by?.name ?? "–"}</span> <Time at={alert.submitted_at} className="text-ink-3" />
          {alert.approved_by ? (
            <>
              <br />
              {t("alerts.approvedBy")} <span className="font-medium text-ink-1">{alert.approved_by.name}</span> <Time at={alert.approved_at} className="text-ink-3" />
            </>
          ) : null}
        </p>
        {inReview && refusal ? (
          <p role="note" className="flex items-start gap-2 rounded-md bg-surface-2 px-3 py-2 text-sm">
            <Lock aria-hidden className="mt-0.5 size-4 shrink-0 text-ink-3" />
            {refusal}
          </p>
        ) : null}
        {approves || mine ? (
          <Field label={t("alerts.commentDecision")} hint={t("alerts.commentDecisionHint")} error={needed ? t("alerts.commentNeeded") : undefined}>
            {(control) => (
              <Textarea
                {...control}
                rows={2}
                maxLength={2000}
                value={comment}
                onChange={(e) => {
                  setNeeded(false);
                  change({ comment: e.target.value });
                }}
              />
            )}
          </Field>
        ) : null}
        <FormProblem error={step.error} />
        <div className="flex flex-wrap gap-2">
          {inReview && !refusal ? (
            <Button look="primary" busy={step.isPending} onClick={() => take("approve")}>
              <ShieldCheck aria-hidden />
              {t("alerts.approve")}
            </Button>
          ) : null}
          {approved && approves ? (
            <Button look="primary" onClick={() => setPublishing(true)}>
              <Send aria-hidden />
              {t("alerts.publish")}
            </Button>
          ) : null}
          {approves || mine ? (
            <Button busy={step.isPending} onClick={() => take("return")}>
              <Undo2 aria-hidden />
              {t(mine && !approves ? "alerts.takeBack" : "alerts.return")}
            </Button>
          ) : null}
          {approves ? (
            <Button look="danger" busy={step.isPending} onClick={() => take("reject")}>
              <X aria-hidden />
              {t("alerts.reject")}
            </Button>
          ) : null}
        </div>
        {inReview && !refusal ? <p className="text-xs text-ink-3">{t("alerts.stepUpHint")}</p> : null}
      </div>
      {publishing ? <PublishDialog alert={alert} onClose={() => setPublishing(false)} /> : null}
    </Section>
  );
}

const Settled = ({ alert }: { alert: AlertDetail }): ReactNode => (
  <Section title={t("alerts.decision")}>
    <div className="flex flex-col items-start gap-2 p-3">
      <p className="text-sm text-ink-2">{t(alert.status === "draft" ? "alerts.stillDraft" : "alerts.alreadyDecided", { status: t(`alerts.status.${alert.status}`).toLowerCase() })}</p>
      <Button asChild>
        <Link to={alert.status === "draft" ? `/alerts/${alert.id}/edit` : `/alerts/${alert.id}`}>{t(alert.status === "draft" ? "alerts.goOnWriting" : "alerts.openAlert")}</Link>
      </Button>
    </div>
  </Section>
);
