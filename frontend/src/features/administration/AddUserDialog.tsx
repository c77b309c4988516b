import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode, type SubmitEvent } from "react";
import { Problem } from "@/api/problem";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/field";
import { FormProblem } from "@/components/ui/states";
import { t } from "@/i18n";
import { useDraft } from "@/lib/use-draft";
import { addUser } from "./api/users";
import { RolePicker } from "./RolePicker";
import { SecretOnce } from "./SecretOnce";

const EMPTY = { name: "", username: "", email: "", roles: [] as string[], named: false };

/** "Maria Álvarez" → "maria.alvarez", offered until somebody types another. */
const suggested = (name: string): string =>
  name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ".")
    .replace(/^\.|\.$/g, "");

/** Add an account; its temporary password is then shown once. */
export function AddUserDialog({ onClose }: { onClose: () => void }): ReactNode {
  const client = useQueryClient();
  const [draft, change, clear] = useDraft("user", EMPTY);
  const [checked, setChecked] = useState(false);
  const name = draft.name.trim();
  const username = draft.named ? draft.username.trim() : suggested(name);
  const add = useMutation({
    mutationFn: () =>
      addUser({ name, username, role_ids: draft.roles, ...(draft.email.trim() ? { email: draft.email.trim() } : {}) }),
    onSuccess: () => {
      clear();
      void client.invalidateQueries({ queryKey: ["users"] });
      void client.invalidateQueries({ queryKey: ["people"] });
    },
  });
  const problem = add.error instanceof Problem ? add.error : null;
  const added = add.data;
  if (added?.temporary_password) {
    return (
      <SecretOnce
        title={t("administration.temporaryTitle", { name: added.name })}
        detail={t("administration.temporaryDetail")}
        secret={added.temporary_password}
        onClose={onClose}
      />
    );
  }

  function submit(event: SubmitEvent): void {
    event.preventDefault();
    setChecked(true);
    if (name && username) add.mutate();
  }

  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())} title={t("administration.addUser")} description={t("administration.addUserDetail")}>
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={t("administration.name")} error={checked && !name ? t("administration.required") : problem?.field("/name")}>
            {(control) => <Input {...control} autoFocus required value={draft.name} autoComplete="off" onChange={(e) => change({ name: e.target.value })} />}
          </Field>
          <Field label={t("administration.username")} hint={t("administration.usernameHint")} error={checked && !username ? t("administration.required") : problem?.field("/username")}>
            {(control) => (
              <Input {...control} required value={username} autoComplete="off" autoCapitalize="none" spellCheck={false} onChange={(e) => change({ username: e.target.value, named: true })} />
            )}
          </Field>
        </div>
        <Field label={`${t("administration.email")} (${t("common.optional")})`} error={problem?.field("/email")}>
          {(control) => <Input {...control} type="email" value={draft.email} autoComplete="off" onChange={(e) => change({ email: e.target.value })} />}
        </Field>
        <RolePicker chosen={draft.roles} onChange={(roles) => change({ roles })} />
        {add.error && (problem?.errors.length ?? 0) === 0 ? <FormProblem error={add.error} /> : null}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" look="primary" busy={add.isPending}>{t("administration.addUser")}</Button>
        </div>
      </form>
    </Dialog>
  );
}
