import type { ReactNode } from "react";
import { useRouteError } from "react-router";
import { Button } from "@/components/ui/button";
import { t } from "@/i18n";

/** A page that failed to draw; the shell around it stays. */
export function CrashPage(): ReactNode {
  const error = useRouteError();
  return (
    <div role="alert" className="flex flex-col items-start gap-3 p-6">
      <h1 className="text-xl font-semibold">{t("shell.crashTitle")}</h1>
      <p className="text-ink-2">{t("shell.crashDetail")}</p>
      <pre className="max-w-full overflow-x-auto rounded-md bg-surface-2 p-2 text-xs">{error instanceof Error ? error.message : String(error)}</pre>
      <Button onClick={() => location.reload()}>{t("shell.reload")}</Button>
    </div>
  );
}
