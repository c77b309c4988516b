import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Ban, KeyRound, LogOut, RotateCcw } from "lucide-react";
import { useState, type ReactNode, type SubmitEvent } from "react";
import { Link } from "react-router";
import { asProblem, Problem } from "@/api/problem";
import type { User } from "@/api/types";
import { useMay, useMe } from "@/auth/me";
import { Facts } from "@/components/Page";
import { QueryView } from "@/components/QueryView";
import { SidePanel } from "@/components/SidePanel";
import { Time } from "@/components/Time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Checkbox, Field, Input } from "@/components/ui/field";
import { FormProblem } from "@/components/ui/states";
import { toast } from "@/components/ui/toast";
import { t } from "@/i18n";
import { changeUser, resetPassword, setUserDisabled, setUserRoles, signOutUser, userQuery } from "./api/users";
import { RolePicker } from "./RolePicker";
import { SecretOnce } from "./SecretOnce";

/** One account: who it is, what it may do, and its access. */
export function UserPanel({ id, onClose }: { id: string; onClose: () => void }): ReactNode {
  const user = useQuery(userQuery(id));
  const mayManage = useMay("users:manage");
  const self = useMe()?.id === id;
  return (
    <SidePanel name={id} title={user.data?.name ?? t("administration.account")} onClose={onClose}>
      <QueryView query={user}>
        {(data) => (
          <>
            <div className="flex flex-wrap gap-1.5 empty:hidden">
              {data.disabled ? <Badge tone="danger">{t("administration.disabled")}</Badge> : null}
              {data.must_change_password ? <Badge tone="warning">{t("administration.mustChange")}</Badge> : null}
            </div>
            <div className="-m-3">
              <Facts
                facts={[
                  [t("administration.lastSignedIn"), data.last_signed_in_at ? <Time key="l" at={data.last_signed_in_at} /> : t("administration.never")],
                  [t("administration.secondFactor"), t(data.totp_enabled ? "administration.secondFactorOn" : "administration.secondFactorOff")],
                  [t("administration.createdAt"), <Time key="c" at={data.created_at} />],
                  ...(mayManage
                    ? []
                    : ([
                        [t("administration.username"), data.username],
                        [t("administration.email"), data.email],
                        [t("administration.userRoles"), data.roles.map((role) => role.name).join(", ") || "–"],
                      ] as const)),
                ]}
              />
            </div>
            {mayManage ? (
              <>
                {self ? (
                  <p className="rounded-md bg-accent-soft p-3 text-sm">
                    {t("administration.yourself")}{" "}
                    <Link to="/account" className="text-accent underline">{t("administration.openAccount")}</Link>
                  </p>
                ) : (
                  <Access user={data} />
                )}
                <Names user={data} />
                <Roles key={data.roles.map((role) => role.id).join()} user={data} />
              </>
            ) : (
              <p className="text-sm text-ink-3">{t("administration.readOnly", { permission: "users:manage" })}</p>
            )}
          </>
        )}
      </QueryView>
    </SidePanel>
  );
}

/** After a change: what the server answered is what is shown. */
function useKeep(): (user: User) => void {
  const client = useQueryClient();
  return (user) => {
    client.setQueryData(userQuery(user.id).queryKey, user);
    void client.invalidateQueries({ queryKey: ["users", "pages"] });
    void client.invalidateQueries({ queryKey: ["people"] });
  };
}

function Names({ user }: { user: User }): ReactNode {
  const client = useQueryClient();
  const keep = useKeep();
  // Only what was typed over: two people who change different fields do not undo each other.
  const [typed, setTyped] = useState<{ name?: string; username?: string; email?: string }>({});
  const save = useMutation({
    mutationFn: () => changeUser(user, { ...typed, ...(typed.email === undefined ? {} : { email: typed.email.trim() || null }) }),
    onSuccess: (saved) => {
      setTyped({});
      keep(saved);
      toast(t("common.saved"));
    },
    onError: (error) => {
      if (asProblem(error).status === 412) void client.invalidateQueries({ queryKey: userQuery(user.id).queryKey });
    },
  });
  const problem = save.error instanceof Problem ? save.error : null;
  const dirty = Object.keys(typed).length > 0;

  function submit(event: SubmitEvent): void {
    event.preventDefault();
    save.mutate();
  }

  return (
    <form onSubmit={submit} noValidate aria-label={t("administration.account")} className="flex flex-col gap-3 border-t border-line pt-4">
      <Field label={t("administration.name")} error={problem?.field("/name")}>
        {(control) => <Input {...control} required value={typed.name ?? user.name} onChange={(e) => setTyped({ ...typed, name: e.target.value })} />}
      </Field>
      <Field label={t("administration.username")} error={problem?.field("/username")}>
        {(control) => (
          <Input {...control} required autoCapitalize="none" spellCheck={false} value={typed.username ?? user.username} onChange={(e) => setTyped({ ...typed, username: e.target.value })} />
        )}
      </Field>
      <Field label={t("administration.email")} error={problem?.field("/email")}>
        {(control) => <Input {...control} type="email" value={typed.email ?? user.email ?? ""} onChange={(e) => setTyped({ ...typed, email: e.target.value })} />}
      </Field>
      {problem?.status === 412 ? <p role="alert" className="text-sm text-warning">{t("administration.changedMeanwhile")}</p> : null}
      {save.error && problem?.status !== 412 && (problem?.errors.length ?? 0) === 0 ? <FormProblem error={save.error} /> : null}
      <Button type="submit" className="self-start" disabled={!dirty} busy={save.isPending}>{t("administration.saveAccount")}</Button>
    </form>
  );
}

function Roles({ user }: { user: User }): ReactNode {
  const keep = useKeep();
  const before = user.roles.map((role) => role.id);
  const [chosen, setChosen] = useState<string[]>(before);
  const save = useMutation({
    mutationFn: (ids: string[]) => setUserRoles(user.id, ids),
    onSuccess: (saved) => {
      keep(saved);
      toast(t("administration.rolesSaved", { name: saved.name }), { undo: () => save.mutate(before) });
    },
  });
  const dirty = chosen.length !== before.length || chosen.some((id) => !before.includes(id));
  return (
    <div className="flex flex-col gap-3 border-t border-line pt-4">
      <RolePicker chosen={chosen} onChange={setChosen} />
      <FormProblem error={save.error} />
      <Button className="self-start" disabled={!dirty} busy={save.isPending} onClick={() => save.mutate(chosen)}>{t("administration.saveRoles")}</Button>
    </div>
  );
}

function Access({ user }: { user: User }): ReactNode {
  const keep = useKeep();
  const [resetting, setResetting] = useState(false);
  const enable = useMutation({
    mutationFn: (disabled: boolean) => setUserDisabled(user.id, disabled),
    onSuccess: (saved) => {
      keep(saved);
      if (saved.disabled) toast(t("administration.disabledNow", { name: saved.name }), { undo: () => enable.mutate(false) });
      else toast(t("administration.enabledNow", { name: saved.name }));
    },
  });
  const signOut = useMutation({
    mutationFn: () => signOutUser(user.id),
    onSuccess: () => toast(t("administration.signedOut", { name: user.name })),
  });
  return (
    <section aria-label={t("administration.actions")} className="flex flex-col gap-2">
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => setResetting(true)}>
          <KeyRound aria-hidden />
          {t("administration.resetPassword")}
        </Button>
        <Button busy={signOut.isPending} onClick={() => signOut.mutate()}>
          <LogOut aria-hidden />
          {t("administration.signOutUser")}
        </Button>
        {user.disabled ? (
          <Button busy={enable.isPending} onClick={() => enable.mutate(false)}>
            <RotateCcw aria-hidden />
            {t("administration.enable")}
          </Button>
        ) : (
          <Button look="danger" busy={enable.isPending} onClick={() => enable.mutate(true)}>
            <Ban aria-hidden />
            {t("administration.disable")}
          </Button>
        )}
      </div>
      <FormProblem error={enable.error ?? signOut.error} />
      {resetting ? <ResetDialog user={user} onClose={() => setResetting(false)} /> : null}
    </section>
  );
}

function ResetDialog({ user, onClose }: { user: User; onClose: () => void }): ReactNode {
  const client = useQueryClient();
  const [totp, setTotp] = useState(false);
  const reset = useMutation({
    mutationFn: () => resetPassword(user.id, totp),
    onSuccess: () => client.invalidateQueries({ queryKey: ["users"] }),
  });
  if (reset.data) {
    return (
      <SecretOnce title={t("administration.temporaryTitle", { name: user.name })} detail={t("administration.temporaryDetail")} secret={reset.data.temporary_password} onClose={onClose} />
    );
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={t("administration.resetPasswordTitle", { name: user.name })}
      description={t("administration.resetPasswordDetail")}
    >
      {user.totp_enabled ? <Checkbox label={t("administration.resetTotp")} checked={totp} onChange={(e) => setTotp(e.target.checked)} /> : null}
      <FormProblem error={reset.error} />
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button look="primary" busy={reset.isPending} onClick={() => reset.mutate()}>{t("administration.resetPassword")}</Button>
      </div>
    </Dialog>
  );
}
