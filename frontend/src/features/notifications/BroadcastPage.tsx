import { useQuery } from "@tanstack/react-query";
import { Megaphone, Printer } from "lucide-react";
import type { ReactNode } from "react";
import { Link, useParams } from "react-router";
import type { BroadcastDetail, Severity } from "@/api/types";
import { useMay, useMe } from "@/auth/me";
import { ExerciseMark, SeverityMark } from "@/components/meanings";
import { Facts, Page, Section } from "@/components/Page";
import { QueryView } from "@/components/QueryView";
import { Time } from "@/components/Time";
import { Button } from "@/components/ui/button";
import { Skeleton, SkeletonRows } from "@/components/ui/skeleton";
import { Forbidden } from "@/components/ui/states";
import { Tabs } from "@/components/ui/tabs";
import { t } from "@/i18n";
import { useFilter } from "@/lib/search-params";
import { broadcastQuery } from "./api/broadcasts";
import { AreaProgress } from "./components/AreaProgress";
import { BroadcastActs } from "./components/BroadcastActs";
import { Figures } from "./components/Figures";
import { BroadcastMark, isPretend, TestMark } from "./components/marks";
import { Answers, ByChannel } from "./components/Progress";
import { Recipients } from "./components/Recipients";
import { Sink } from "./components/Sink";

const TABS = ["progress", "recipients", "sink"] as const;

/** One warning on its way: how far it is, what became of it for each recipient, and what an exercise would have sent. */
export default function BroadcastPage(): ReactNode {
  const { id = "" } = useParams();
  const me = useMe();
  const may = useMay("notifications:read");
  const query = useQuery({ ...broadcastQuery(id), enabled: may });
  const title = query.data?.headline ?? t("notifications.title");
  if (!me) return <Page title={title}><SkeletonRows rows={12} /></Page>;
  if (!may) return <Page title={title}><Forbidden permission="notifications:read" /></Page>;
  return (
    <Page
      title={title}
      aside={query.data ? <Aside broadcast={query.data} /> : null}
      actions={
        query.data ? (
          <>
            <BroadcastActs broadcast={query.data} />
            <Button asChild>
              <Link to={`/alerts/${query.data.alert_id}`}>
                <Megaphone aria-hidden />
                {t("notifications.openAlert")}
              </Link>
            </Button>
            <Button look="quiet" size="icon" aria-label={t("common.print")} onClick={() => print()}>
              <Printer />
            </Button>
          </>
        ) : null
      }
      className="p-3 sm:p-4"
    >
      <QueryView
        query={query}
        loading={
          <div role="status" aria-label={t("common.loading")} className="flex flex-col gap-4">
            <Skeleton className="h-9" />
            <Skeleton className="h-40" />
            <Skeleton className="h-72" />
          </div>
        }
      >
        {(broadcast) => <Parts broadcast={broadcast} />}
      </QueryView>
    </Page>
  );
}

const Aside = ({ broadcast }: { broadcast: BroadcastDetail }): ReactNode => (
  <>
    <BroadcastMark state={broadcast.state} />
    <SeverityMark severity={broadcast.severity as Severity} />
    <TestMark status={broadcast.status} />
    <ExerciseMark exercise={broadcast.exercise} />
  </>
);

function Parts({ broadcast }: { broadcast: BroadcastDetail }): ReactNode {
  const { get, set } = useFilter();
  const pretend = isPretend(broadcast);
  const asked = TABS.find((name) => name === get("tab")) ?? "progress";
  return (
    <Tabs
      label={broadcast.headline}
      value={asked === "sink" && !pretend ? "progress" : asked}
      onChange={(next) => set({ tab: next === "progress" ? null : next, state: null, channel: null })}
      tabs={[
        { name: "progress", label: t("notifications.progress"), content: <Progress broadcast={broadcast} /> },
        { name: "recipients", label: t("notifications.recipients"), content: <Recipients broadcast={broadcast} /> },
        ...(pretend ? [{ name: "sink" as const, label: t("notifications.sink"), content: <Sink broadcast={broadcast} /> }] : []),
      ]}
    />
  );
}

const Progress = ({ broadcast }: { broadcast: BroadcastDetail }): ReactNode => (
  <div className="flex flex-col gap-4">
    <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-[minmax(0,1fr)_min(20rem,40%)]">
      <Section title={t("notifications.progress")}>
        <div className="flex flex-col gap-3 p-3">
          {broadcast.state === "superseded" ? <p className="text-sm text-ink-2">{t("notifications.overtakenNote")}</p> : null}
          <Figures counts={broadcast.counts} />
          <Answers broadcast={broadcast} />
        </div>
        <div className="border-t border-line">
          <ByChannel broadcast={broadcast} />
        </div>
      </Section>
      <Section title={t("alerts.facts")}>
        <Facts
          facts={[
            [t("notifications.started"), <Time key="started" at={broadcast.created_at} />],
            [t("notifications.finishedAt"), <Time key="finished" at={broadcast.finished_at} />],
            [t("notifications.ends"), <Time key="ends" at={broadcast.expires} />],
            ...(broadcast.stopped_at
              ? [[t("notifications.state.stopped"), <span key="stopped"><Time at={broadcast.stopped_at} /> {broadcast.stopped_by ? t("notifications.stoppedBy", { name: broadcast.stopped_by }) : null}</span>] as const]
              : []),
          ]}
        />
      </Section>
    </div>
    {broadcast.by_area.length > 0 ? <AreaProgress broadcast={broadcast} /> : null}
  </div>
);
