import { useQuery } from "@tanstack/react-query";
import { useEffect, type ReactNode } from "react";
import { asProblem } from "@/api/problem";
import { meQuery } from "@/auth/me";
import { refresh, sessionStore } from "@/auth/session";
import { Skeleton } from "@/components/ui/skeleton";
import { Failed } from "@/components/ui/states";
import { MustChangePasswordPage } from "@/features/sign-in/MustChangePasswordPage";
import { SignInPage } from "@/features/sign-in/SignInPage";
import { t } from "@/i18n";
import { setTimeZone } from "@/lib/time";
import { LiveProvider } from "@/live/LiveProvider";
import { Shell } from "./shell/Shell";

/** What stands before the shell: a running session, the account, and a password of one's own. */
export function SignedIn(): ReactNode {
  const state = sessionStore((s) => s.state);
  useEffect(() => {
    // Without an answer the session stays "starting" and the account's query says what is wrong.
    if (state === "starting") refresh().catch(() => undefined);
  }, [state]);
  const me = useQuery({ ...meQuery, enabled: state !== "signed-out" });
  const zone = me.data?.organization.time_zone;
  if (zone) setTimeZone(zone);
  if (state === "signed-out") return <SignInPage />;
  if (me.data === undefined) {
    return me.isError && asProblem(me.error).status !== 401 ? (
      <Failed error={me.error} onRetry={() => void me.refetch()} />
    ) : (
      <ShellSkeleton />
    );
  }
  if (me.data.must_change_password) return <MustChangePasswordPage />;
  return (
    <LiveProvider>
      <Shell />
    </LiveProvider>
  );
}

const ShellSkeleton = (): ReactNode => (
  <div role="status" aria-label={t("common.loading")} className="flex h-full flex-col">
    <div className="flex h-12 items-center gap-4 border-b border-line bg-surface-1 px-3">
      <Skeleton className="size-7" />
      <Skeleton className="h-4 w-48" />
      <Skeleton className="ms-auto h-4 w-40" />
    </div>
    <div className="hidden w-44 flex-1 border-e border-line bg-surface-1 sm:block" />
  </div>
);
