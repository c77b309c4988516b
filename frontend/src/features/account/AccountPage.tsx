import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode, type SubmitEvent } from "react";
import { Problem } from "@/api/problem";
import type { Me } from "@/api/types";
import { meQuery, useMe } from "@/auth/me";
import { Facts, Page, Section } from "@/components/Page";
import { Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/field";
import { SkeletonRows } from "@/components/ui/skeleton";
import { FormProblem } from "@/components/ui/states";
import { toast } from "@/components/ui/toast";
import { t } from "@/i18n";
import { renameMe } from "./api/account";
import { ContactPoints } from "./ContactPoints";
import { Preferences } from "./Preferences";
import { SecondFactor } from "./SecondFactor";
import { Sessions } from "./Sessions";

/** One's own account. The form for the password belongs to signing in and is handed in. */
export default function AccountPage({ passwordForm }: { passwordForm: ReactNode }): ReactNode {
  const me = useMe();
  return (
    <Page title={t("account.title")}>
      {me === undefined ? (
        <SkeletonRows />
      ) : (
        <div className="mx-auto grid max-w-5xl items-start gap-4 p-4 lg:grid-cols-2">
          <div className="flex flex-col gap-4">
            <Profile me={me} />
            <ContactPoints />
            <Preferences organization={me.organization} />
          </div>
          <div className="flex flex-col gap-4">
            <SecondFactor enabled={me.totp_enabled} />
            <Section title={t("account.password")}>
              <div className="p-4">{passwordForm}</div>
            </Section>
          </div>
          <div className="lg:col-span-2">
            <Sessions />
          </div>
        </div>
      )}
    </Page>
  );
}

function Profile({ me }: { me: Me }): ReactNode {
  const client = useQueryClient();
  const [typed, setTyped] = useState<string | null>(null);
  const name = (typed ?? me.name).trim();
  const rename = useMutation({
    mutationFn: () => renameMe(name),
    onSuccess: (saved) => {
      setTyped(null);
      client.setQueryData(meQuery.queryKey, saved);
      toast(t("account.nameSaved"));
    },
  });
  const problem = rename.error instanceof Problem ? rename.error : null;

  function submit(event: SubmitEvent): void {
    event.preventDefault();
    if (name) rename.mutate();
  }

  return (
    <Section title={t("account.profile")}>
      <form onSubmit={submit} noValidate className="flex items-start gap-2 p-4 pb-1">
        <Field label={t("account.name")} error={name ? problem?.field("/name") : t("account.nameMissing")} className="flex-1">
          {(control) => <Input {...control} required autoComplete="name" value={typed ?? me.name} onChange={(e) => setTyped(e.target.value)} />}
        </Field>
        <Button type="submit" className="mt-5" disabled={name === me.name || !name} busy={rename.isPending}>{t("common.save")}</Button>
      </form>
      {rename.error && (problem?.errors.length ?? 0) === 0 ? (
        <div className="px-4">
          <FormProblem error={rename.error} />
        </div>
      ) : null}
      <div className="px-1">
        <Facts
          facts={[
            [t("account.username"), me.username],
            [t("account.email"), me.email],
            [t("account.organization"), me.organization.name],
            [t("account.roles"), me.roles.map((role) => role.name).join(", ") || "–"],
          ]}
        />
      </div>
      <details className="border-t border-line px-4 py-2 text-sm">
        <summary className="cursor-pointer text-ink-2">{t("account.permissions")}</summary>
        <ul className="mt-2 flex flex-wrap gap-1">
          {me.permissions.map((permission) => (
            <li key={permission}>
              <code className="rounded bg-surface-2 px-1.5 py-0.5 text-xs">{permission}</code>
            </li>
          ))}
        </ul>
      </details>
      <p className="border-t border-line px-4 py-2 text-xs text-ink-3">{t("account.byAdministrator")}</p>
    </Section>
  );
}
