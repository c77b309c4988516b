import { useMutation, useQuery } from "@tanstack/react-query";
import { ExternalLink } from "lucide-react";
import { useEffect, useRef, useState, type ReactNode, type SubmitEvent } from "react";
import { answer, api } from "@/api/client";
import { asProblem } from "@/api/problem";
import { meQuery } from "@/auth/me";
import { remember, sessionStore } from "@/auth/session";
import { stepUpStore } from "@/auth/step-up";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/field";
import { FormProblem } from "@/components/ui/states";
import { t } from "@/i18n";

/** Asks for the second factor whenever a call of any screen needs it proven anew; mounted once, over everything. */
export function StepUpDialog(): ReactNode {
  const finish = stepUpStore((s) => s.answer);
  const signedOut = sessionStore((s) => s.state === "signed-out");
  useEffect(() => {
    if (signedOut) finish?.(false);
  }, [signedOut, finish]);
  if (finish === null) return null;
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : finish(false))} title={t("signIn.stepUpTitle")} description={t("signIn.stepUpWhy")}>
      <CodeForm onDone={finish} />
    </Dialog>
  );
}

function CodeForm({ onDone }: { onDone: (proven: boolean) => void }): ReactNode {
  const [typed, setTyped] = useState("");
  const [checked, setChecked] = useState(false);
  const code = typed.replace(/\s/g, "");
  const valid = /^\d{6}$/.test(code);
  // Asked again when the tab is looked at: meanwhile a second factor may have been set up in another one.
  const me = useQuery({ ...meQuery, staleTime: 0 }).data;
  const field = useRef<HTMLInputElement>(null);
  const prove = useMutation({
    mutationFn: () => answer(api.POST("/api/v1/auth/step-up", { body: { code } })),
    onSuccess: (token) => {
      remember(token);
      onDone(true);
    },
    onError: () => field.current?.select(),
  });
  const problem = prove.error ? asProblem(prove.error) : null;
  const missing = problem ? problem.code === "second-factor-missing" : me?.totp_enabled === false;
  const wrong = problem?.field("/code") ? t("signIn.stepUpUsed") : problem?.code === "too-many-attempts" ? problem.detail : undefined;

  function submit(event: SubmitEvent): void {
    event.preventDefault();
    setChecked(true);
    if (valid) prove.mutate();
  }

  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      {missing ? <SetUpFirst /> : null}
      <Field label={t("signIn.code")} hint={t("signIn.codeHint")} error={checked && !valid ? t("account.codeWrong") : wrong}>
        {(control) => (
          <Input
            {...control}
            ref={field}
            autoFocus
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={8}
            required
            value={typed}
            onChange={(e) => setTyped(e.target.value)}
            className="tabular text-lg tracking-widest"
          />
        )}
      </Field>
      {problem && !wrong && !missing ? <FormProblem error={problem} /> : null}
      <div className="flex justify-end gap-2">
        <Button look="quiet" onClick={() => onDone(false)}>{t("common.cancel")}</Button>
        <Button type="submit" look="primary" busy={prove.isPending}>{t("signIn.stepUp")}</Button>
      </div>
    </form>
  );
}

/** In a tab of its own, so that what waits behind this question stays as it is. */
const SetUpFirst = (): ReactNode => (
  <div role="alert" className="flex flex-col items-start gap-2 rounded-md border border-line bg-warning-soft px-3 py-2 text-sm text-warning">
    <p className="font-medium">{t("signIn.stepUpMissing")}</p>
    <Button asChild>
      <a href="/account" target="_blank" rel="noreferrer">
        <ExternalLink aria-hidden />
        {t("signIn.stepUpSetUp")}
      </a>
    </Button>
    <p>{t("signIn.stepUpThen")}</p>
  </div>
);
