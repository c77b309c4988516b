import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode, type SubmitEvent } from "react";
import { Problem } from "@/api/problem";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input, Select } from "@/components/ui/field";
import { FormProblem } from "@/components/ui/states";
import { t } from "@/i18n";
import { localTime } from "@/lib/time";
import { useNow } from "@/components/Time";
import { useDraft } from "@/lib/use-draft";
import { issueApiKey } from "./api/keys";
import { PermissionPicker } from "./PermissionPicker";
import { SecretOnce } from "./SecretOnce";

const DAYS = [30, 90, 180, 365] as const;
const DAY_MS = 86_400_000;

const EMPTY = { name: "", days: 90, scopes: [] as string[] };

/** Issue a key for a program; its secret is then shown once. */
export function IssueKeyDialog({ onClose }: { onClose: () => void }): ReactNode {
  const client = useQueryClient();
  const now = useNow();
  const [draft, change, clear] = useDraft("api-key", EMPTY);
  const [checked, setChecked] = useState(false);
  const name = draft.name.trim();
  const issue = useMutation({
    mutationFn: () => issueApiKey({ name, scopes: draft.scopes, expires_at: new Date(Date.now() + draft.days * DAY_MS).toISOString() }),
    onSuccess: () => {
      clear();
      void client.invalidateQueries({ queryKey: ["api-keys"] });
    },
  });
  const problem = issue.error instanceof Problem ? issue.error : null;
  if (issue.data) {
    return <SecretOnce title={t("administration.keyTitle", { name: issue.data.name })} detail={t("administration.keyDetail")} secret={issue.data.secret} onClose={onClose} />;
  }

  function submit(event: SubmitEvent): void {
    event.preventDefault();
    setChecked(true);
    if (name && draft.scopes.length > 0) issue.mutate();
  }

  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())} title={t("administration.issueKeyTitle")} description={t("administration.issueKeyDetail")}>
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        <Field label={t("administration.keyName")} hint={t("administration.keyNameHint")} error={checked && !name ? t("administration.required") : problem?.field("/name")}>
          {(control) => <Input {...control} autoFocus required value={draft.name} onChange={(e) => change({ name: e.target.value })} />}
        </Field>
        <Field label={t("administration.expires")} hint={`${t("administration.expiresAt")} ${localTime(new Date(now + draft.days * DAY_MS).toISOString())}`} error={problem?.field("/expires_at")}>
          {(control) => (
            <Select {...control} value={draft.days} onChange={(e) => change({ days: Number(e.target.value) })}>
              {DAYS.map((days) => (
                <option key={days} value={days}>{t("administration.days", { count: days })}</option>
              ))}
            </Select>
          )}
        </Field>
        <PermissionPicker
          label={t("administration.scopes")}
          chosen={draft.scopes}
          error={checked && draft.scopes.length === 0 ? t("administration.scopesNone") : problem?.field("/scopes")}
          onChange={(scopes) => change({ scopes })}
        />
        {issue.error && (problem?.errors.length ?? 0) === 0 ? <FormProblem error={issue.error} /> : null}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" look="primary" busy={issue.isPending}>{t("administration.issueKey")}</Button>
        </div>
      </form>
    </Dialog>
  );
}
