import { useQueryClient } from "@tanstack/react-query";
import { useState, type SubmitEvent, type ReactNode } from "react";
import { asProblem, type Problem } from "@/api/problem";
import { signIn } from "@/auth/session";
import { Button } from "@/components/ui/button";
import { Checkbox, Field, Input } from "@/components/ui/field";
import { FormProblem } from "@/components/ui/states";
import { t } from "@/i18n";
import { usePageTitle } from "@/lib/page-title";
import { Gate } from "./Gate";

const WRONG: Record<string, string> = {
  "invalid-credentials": t("signIn.wrong"),
  "too-many-attempts": t("signIn.throttled"),
};

/** User name and password, then the second factor when the account has one. */
export function SignInPage(): ReactNode {
  usePageTitle(t("signIn.title"));
  const client = useQueryClient();
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [shown, setShown] = useState(false);
  const [code, setCode] = useState("");
  const [needsCode, setNeedsCode] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      client.clear();
      await signIn(username.trim(), password, needsCode ? code.replace(/\s/g, "") : undefined);
    } catch (error) {
      const refused = asProblem(error);
      if (refused.code === "second-factor-required" && !needsCode) setNeedsCode(true);
      else setProblem(refused);
      setBusy(false);
    }
  }

  const known = problem ? WRONG[problem.code] : undefined;
  if (needsCode) {
    return (
      <Gate title={t("signIn.codeTitle")}>
        <form onSubmit={submit} className="flex flex-col gap-4">
          <Field label={t("signIn.code")} hint={t("signIn.codeHint")} error={problem ? (problem.status === 401 ? t("signIn.codeWrong") : known) : undefined}>
            {(control) => (
              <Input {...control} autoFocus inputMode="numeric" autoComplete="one-time-code" maxLength={8} required value={code} onChange={(e) => setCode(e.target.value)} className="tabular text-lg tracking-widest" />
            )}
          </Field>
          {problem && problem.status !== 401 && !known ? <FormProblem error={problem} /> : null}
          <div className="flex justify-between gap-2">
            <Button
              look="quiet"
              onClick={() => {
                setNeedsCode(false);
                setProblem(null);
              }}
            >
              {t("signIn.back")}
            </Button>
            <Button type="submit" look="primary" busy={busy}>{t("signIn.signIn")}</Button>
          </div>
        </form>
      </Gate>
    );
  }
  return (
    <Gate title={t("signIn.title")}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field label={t("signIn.username")}>
          {(control) => (
            <Input {...control} name="username" autoFocus autoComplete="username" autoCapitalize="none" spellCheck={false} required value={username} onChange={(e) => setUsername(e.target.value)} />
          )}
        </Field>
        <Field label={t("signIn.password")} error={known}>
          {(control) => (
            <Input {...control} name="password" type={shown ? "text" : "password"} autoComplete="current-password" required value={password} onChange={(e) => setPassword(e.target.value)} />
          )}
        </Field>
        <Checkbox label={t("signIn.showPassword")} checked={shown} onChange={(e) => setShown(e.target.checked)} />
        {problem && !known ? <FormProblem error={problem} /> : null}
        <Button type="submit" look="primary" busy={busy}>{t("signIn.signIn")}</Button>
      </form>
    </Gate>
  );
}
