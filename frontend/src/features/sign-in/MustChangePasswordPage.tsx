import type { ReactNode } from "react";
import { signOut } from "@/auth/session";
import { Button } from "@/components/ui/button";
import { t } from "@/i18n";
import { usePageTitle } from "@/lib/page-title";
import { ChangePasswordForm } from "./ChangePasswordForm";
import { Gate } from "./Gate";

/** Stands before everything else while the password is one that someone else knows. */
export function MustChangePasswordPage(): ReactNode {
  usePageTitle(t("signIn.passwordTitle"));
  return (
    <Gate title={t("signIn.passwordTitle")}>
      <p className="mb-4 text-sm text-ink-2">{t("signIn.passwordWhy")}</p>
      <ChangePasswordForm />
      <Button look="quiet" className="mt-3 w-full" onClick={() => void signOut()}>
        {t("shell.signOut")}
      </Button>
    </Gate>
  );
}
