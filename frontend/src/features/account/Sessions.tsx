import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { LogOut } from "lucide-react";
import { useState, type ReactNode } from "react";
import type { SignInSession } from "@/api/types";
import { forget } from "@/auth/session";
import { Section } from "@/components/Page";
import { QueryView } from "@/components/QueryView";
import { Time } from "@/components/Time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { SkeletonRows } from "@/components/ui/skeleton";
import { FormProblem } from "@/components/ui/states";
import { toast } from "@/components/ui/toast";
import { t } from "@/i18n";
import { endSession, sessionsQuery, signOutEverywhere } from "./api/account";
import { device } from "./device";

/** Where one is signed in, and a way to end each of it. */
export function Sessions(): ReactNode {
  const sessions = useQuery(sessionsQuery);
  const [everywhere, setEverywhere] = useState(false);
  return (
    <Section
      title={t("account.sessions")}
      actions={
        <Button size="small" look="danger" onClick={() => setEverywhere(true)}>
          <LogOut aria-hidden />
          {t("account.everywhere")}
        </Button>
      }
    >
      <QueryView query={sessions} loading={<SkeletonRows rows={3} />}>
        {({ items }) => (
          <ul className="divide-y divide-line">
            {[...items].sort((a, b) => Number(b.current) - Number(a.current)).map((session) => (
              <Row key={session.id} session={session} />
            ))}
          </ul>
        )}
      </QueryView>
      {everywhere ? <EverywhereDialog onClose={() => setEverywhere(false)} /> : null}
    </Section>
  );
}

function Row({ session }: { session: SignInSession }): ReactNode {
  const client = useQueryClient();
  const name = device(session.user_agent) ?? t("account.unknownDevice");
  const end = useMutation({
    mutationFn: () => endSession(session.id),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: sessionsQuery.queryKey });
      toast(t("account.ended"));
    },
  });
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-baseline gap-2 font-medium">
          <span title={session.user_agent}>{name}</span>
          {session.current ? <Badge tone="success">{t("account.thisSession")}</Badge> : null}
        </p>
        <p className="flex flex-wrap gap-x-4 text-xs text-ink-3">
          <span>
            {t("account.from")} <span className="tabular">{session.address}</span>
          </span>
          <span>
            {t("account.lastUsed")} <Time at={session.last_used_at} />
          </span>
          <span>
            {t("account.signedIn")} <Time at={session.created_at} />
          </span>
        </p>
        {end.error ? <FormProblem error={end.error} /> : null}
      </div>
      {session.current ? null : (
        <Button size="small" busy={end.isPending} aria-label={t("account.endOf", { device: name })} onClick={() => end.mutate()}>
          {t("account.end")}
        </Button>
      )}
    </li>
  );
}

function EverywhereDialog({ onClose }: { onClose: () => void }): ReactNode {
  const all = useMutation({ mutationFn: signOutEverywhere, onSuccess: forget });
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())} title={t("account.everywhereTitle")} description={t("account.everywhereDetail")}>
      <FormProblem error={all.error} />
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button look="danger" busy={all.isPending} onClick={() => all.mutate()}>{t("account.everywhere")}</Button>
      </div>
    </Dialog>
  );
}
