import { useQuery } from "@tanstack/react-query";
import { CircleHelp, Copy, ShieldAlert, ShieldCheck } from "lucide-react";
import type { ReactNode } from "react";
import type { JournalIntegrity } from "@/api/types";
import { useMay, useMe } from "@/auth/me";
import { Facts, Page, Section } from "@/components/Page";
import { QueryView } from "@/components/QueryView";
import { Time } from "@/components/Time";
import { Button } from "@/components/ui/button";
import { SkeletonRows } from "@/components/ui/skeleton";
import { Forbidden } from "@/components/ui/states";
import { toast } from "@/components/ui/toast";
import { languageTag, t } from "@/i18n";
import { cn } from "@/lib/cn";
import { integrityQuery } from "./api/activity";

const COMMAND = "muster journal verify";

/** For auditors: whether the journal still is what was written, and how to prove it without trusting this screen. */
export default function IntegrityPage(): ReactNode {
  const me = useMe();
  const may = useMay("activity:audit");
  const integrity = useQuery({ ...integrityQuery, enabled: may });
  return (
    <Page
      title={t("activity.integrityTitle")}
      actions={may ? <Button busy={integrity.isFetching} onClick={() => void integrity.refetch()}>{t("activity.checkAgain")}</Button> : null}
    >
      {me && !may ? (
        <Forbidden permission="activity:audit" />
      ) : (
        <div className="mx-auto flex max-w-3xl flex-col gap-4 p-4">
          <QueryView query={integrity} loading={<SkeletonRows rows={5} />}>
            {(data) => (
              <>
                <Verdict integrity={data} />
                <Section title={t("activity.chain")}>
                  <Facts
                    facts={[
                      [t("activity.entries"), <span key="n" className="tabular">{data.entries.toLocaleString(languageTag())}</span>],
                      [t("activity.headAt"), <Time key="a" at={data.head_at} />],
                      [t("activity.sealedAt"), <Time key="s" at={data.sealed_at} />],
                      [
                        t("activity.verifiedAt"),
                        <span key="v">
                          <Time at={data.verified_at} /> · {t("activity.verifiedEntries", { count: data.verified_entries })}
                        </span>,
                      ],
                      [t("activity.walkedAt"), <Time key="w" at={data.walked_through_at} />],
                      [t("activity.head"), <Copyable key="h" text={data.head_hash} label={t("activity.copyHash")} />],
                    ]}
                  />
                  <p className="border-t border-line px-3 py-2 text-sm text-ink-2">{t("activity.verifyKeep")}</p>
                </Section>
                <Section title={t("activity.verifyYourself")}>
                  <div className="flex flex-col gap-2 p-3 text-sm">
                    <p className="text-ink-2">{t("activity.verifyHow")}</p>
                    <Copyable text={COMMAND} label={t("activity.copyCommand")} />
                  </div>
                </Section>
              </>
            )}
          </QueryView>
        </div>
      )}
    </Page>
  );
}

const LOOKS = {
  ok: { icon: ShieldCheck, tone: "border-success bg-success-soft text-success", title: t("activity.integrityOk"), detail: t("activity.integrityOkDetail") },
  broken: { icon: ShieldAlert, tone: "border-danger bg-danger-soft text-danger", title: t("activity.integrityBroken"), detail: t("activity.integrityBrokenDetail") },
  unknown: { icon: CircleHelp, tone: "border-line-strong bg-surface-2 text-ink-2", title: t("activity.integrityUnknown"), detail: t("activity.integrityUnknownDetail") },
} as const;

function Verdict({ integrity }: { integrity: JournalIntegrity }): ReactNode {
  const look = LOOKS[integrity.ok === null ? "unknown" : integrity.ok ? "ok" : "broken"];
  return (
    <div role={integrity.ok === false ? "alert" : "status"} className={cn("flex gap-3 rounded-md border p-4", look.tone)}>
      <look.icon aria-hidden className="size-6 shrink-0" />
      <div>
        <p className="text-lg font-semibold">{look.title}</p>
        {integrity.problem ? <p className="my-1 text-sm font-medium break-words">{integrity.problem}</p> : null}
        <p className="text-sm">{look.detail}</p>
      </div>
    </div>
  );
}

const Copyable = ({ text, label }: { text: string | null; label: string }): ReactNode =>
  text === null ? (
    <span>–</span>
  ) : (
    <span className="flex items-start gap-2">
      <code className="min-w-0 flex-1 rounded bg-surface-2 px-2 py-1 text-xs break-all">{text}</code>
      <Button
        look="quiet"
        size="small"
        aria-label={label}
        onClick={() => {
          void navigator.clipboard.writeText(text);
          toast(t("common.copied"));
        }}
      >
        <Copy aria-hidden />
        {t("common.copy")}
      </Button>
    </span>
  );
