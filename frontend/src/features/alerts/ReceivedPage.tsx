import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { FileUp, Radio } from "lucide-react";
import type { ReactNode } from "react";
import { Link, useNavigate } from "react-router";
import type { ReceivedAlert, ReceivedThread, Severity } from "@/api/types";
import { useMay, useMe } from "@/auth/me";
import { HeldPages } from "@/components/HeldPages";
import { SEVERITIES, SEVERITY_SHAPE, SeverityMark, severityColour } from "@/components/meanings";
import { Page } from "@/components/Page";
import { Time } from "@/components/Time";
import { Chip } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/field";
import { SkeletonRows } from "@/components/ui/skeleton";
import { Empty, Forbidden } from "@/components/ui/states";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import { t } from "@/i18n";
import { cn } from "@/lib/cn";
import { useFilter } from "@/lib/search-params";
import { useShortcut } from "@/lib/shortcuts";
import { useExercise } from "@/lib/world";
import { alertFeedsQuery, receivedQuery, threadsQuery } from "./api/received";
import { SignatureMark } from "./components/marks";
import { ReceivedStateMark, Source } from "./components/received-marks";

/** What others warn of: one thread for each event, or alert by alert, each with where it comes from and how old that is. */
export default function ReceivedPage(): ReactNode {
  const me = useMe();
  const may = useMay("alerts:read");
  const { get, set } = useFilter();
  const mayImport = useMay("alerts:draft");
  const navigate = useNavigate();
  const single = get("view") === "single";
  useShortcut("n", "receivedAlerts.import", "act", () => void navigate("/alerts/import"), mayImport);
  if (!me) return <Page title={t("receivedAlerts.title")}><SkeletonRows rows={14} /></Page>;
  if (!may) return <Page title={t("receivedAlerts.title")}><Forbidden permission="alerts:read" /></Page>;
  return (
    <Page
      title={t("receivedAlerts.title")}
      actions={
        <>
          <div role="group" aria-label={t("receivedAlerts.view")} className="flex">
            <Button className="rounded-e-none" aria-pressed={!single} look={single ? "plain" : "primary"} onClick={() => set({ view: null })}>
              {t("receivedAlerts.threads")}
            </Button>
            <Button className="rounded-s-none" aria-pressed={single} look={single ? "primary" : "plain"} onClick={() => set({ view: "single" })}>
              {t("receivedAlerts.single")}
            </Button>
          </div>
          <Button asChild>
            <Link to="/alerts/feeds">
              <Radio aria-hidden />
              {t("receivedAlerts.feeds")}
            </Link>
          </Button>
          {mayImport ? (
            <Button asChild>
              <Link to="/alerts/import">
                <FileUp aria-hidden />
                {t("receivedAlerts.import")}
              </Link>
            </Button>
          ) : null}
        </>
      }
      className="bg-surface-1"
    >
      {single ? <Single /> : <Threads />}
    </Page>
  );
}

/** Without a word from the address only what still holds is shown. */
function useInForce(): [boolean, ReactNode] {
  const { get, set } = useFilter();
  const inForce = get("ended") === null;
  return [
    inForce,
    <Chip key="in-force" selected={inForce} onToggle={() => set({ ended: inForce ? "shown" : null })}>
      {t("receivedAlerts.inForce")}
    </Chip>,
  ];
}

const Filters = ({ children }: { children: ReactNode }): ReactNode => (
  <div className="no-print flex flex-wrap items-center gap-2 border-b border-line px-3 py-2">{children}</div>
);

function Nothing(): ReactNode {
  const may = useMay("alerts:manage");
  const feeds = useQuery({ ...alertFeedsQuery, enabled: may }).data;
  return (
    <Empty
      title={t("receivedAlerts.emptyTitle")}
      action={
        <Button asChild>
          <Link to="/alerts/feeds">{t("receivedAlerts.feeds")}</Link>
        </Button>
      }
    >
      {feeds?.items.length === 0 ? t("receivedAlerts.noFeeds") : t("receivedAlerts.emptyDetail")}
    </Empty>
  );
}

function Threads(): ReactNode {
  const exercise = useExercise();
  const { get, set } = useFilter();
  const [inForce, chip] = useInForce();
  const several = get("several") !== null;
  const filter = { exercise, inForce, several };
  const query = useInfiniteQuery(threadsQuery(filter));
  return (
    <>
      <Filters>
        {chip}
        <Chip selected={several} onToggle={() => set({ several: several ? null : "only" })}>
          {t("receivedAlerts.several")}
        </Chip>
      </Filters>
      <HeldPages query={query} listKey={JSON.stringify(filter)} empty={<Nothing />}>
        {(rows) => <ThreadTable threads={rows} />}
      </HeldPages>
    </>
  );
}

const ThreadTable = ({ threads }: { threads: readonly ReceivedThread[] }): ReactNode => (
  <Table label={t("receivedAlerts.threads")}>
    <thead className="sticky top-0 z-5 bg-surface-1">
      <tr>
        <Th>{t("receivedAlerts.severity")}</Th>
        <Th>{t("receivedAlerts.headline")}</Th>
        <Th className="max-md:hidden">{t("receivedAlerts.event")}</Th>
        <Th className="max-lg:hidden">{t("receivedAlerts.publishers")}</Th>
        <Th className="max-sm:hidden">{t("receivedAlerts.count")}</Th>
        <Th>{t("receivedAlerts.sent")}</Th>
      </tr>
    </thead>
    <tbody>
      {threads.map((thread) => (
        <Tr key={thread.id} className={cn(thread.in_force === 0 && "text-ink-3")}>
          <Td>
            <SeverityMark severity={thread.severity} terse />
          </Td>
          <Td className="w-full max-w-0 min-w-40">
            <Link data-row to={`/alerts/received/${thread.id}`} className="block truncate font-medium hover:underline coarse:py-2.5">
              {thread.headline ?? t("receivedAlerts.untitled")}
            </Link>
          </Td>
          <Td className="whitespace-nowrap text-ink-2 max-md:hidden">{thread.event ?? "–"}</Td>
          <Td className="max-w-64 truncate text-ink-2 max-lg:hidden">{thread.senders.join(", ")}</Td>
          <Td className="tabular whitespace-nowrap text-ink-2 max-sm:hidden">{t("receivedAlerts.inForceOf", { inForce: thread.in_force, alerts: thread.alerts })}</Td>
          <Td className="whitespace-nowrap text-ink-3">
            <Time at={thread.last_sent} />
          </Td>
        </Tr>
      ))}
    </tbody>
  </Table>
);

const isSeverity = (text: string): text is Severity => (SEVERITIES as readonly string[]).includes(text);

function Single(): ReactNode {
  const exercise = useExercise();
  const { get, all, set } = useFilter();
  const [inForce, chip] = useInForce();
  const feeds = useQuery(alertFeedsQuery).data?.items.filter((feed) => feed.exercise === exercise) ?? [];
  const severities = all("severity").filter(isSeverity);
  const filter = { exercise, inForce, severities, feed: get("feed") };
  const query = useInfiniteQuery(receivedQuery(filter));
  return (
    <>
      <Filters>
        {chip}
        {SEVERITIES.map((severity) => (
          <Chip key={severity} selected={severities.includes(severity)} onToggle={() => set({ severity: severities.includes(severity) ? severities.filter((each) => each !== severity) : [...severities, severity] })}>
            <span aria-hidden style={{ color: severityColour(severity) }}>{SEVERITY_SHAPE[severity]}</span>
            {t(`common.severity.${severity}`)}
          </Chip>
        ))}
        <Select aria-label={t("receivedAlerts.source")} className="w-auto max-w-64" value={filter.feed ?? ""} onChange={(e) => set({ feed: e.target.value })}>
          <option value="">{t("hazards.allFeeds")}</option>
          {feeds.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Select>
      </Filters>
      <HeldPages query={query} listKey={JSON.stringify(filter)} empty={<Nothing />}>
        {(rows) => <ReceivedTable alerts={rows} />}
      </HeldPages>
    </>
  );
}

const ReceivedTable = ({ alerts }: { alerts: readonly ReceivedAlert[] }): ReactNode => (
  <Table label={t("receivedAlerts.single")}>
    <thead className="sticky top-0 z-5 bg-surface-1">
      <tr>
        <Th>{t("receivedAlerts.severity")}</Th>
        <Th>{t("receivedAlerts.headline")}</Th>
        <Th className="max-md:hidden">{t("receivedAlerts.state")}</Th>
        <Th>{t("receivedAlerts.signature")}</Th>
        <Th className="max-lg:hidden">{t("receivedAlerts.source")}</Th>
        <Th>{t("receivedAlerts.sent")}</Th>
      </tr>
    </thead>
    <tbody>
      {alerts.map((alert) => (
        <Tr key={alert.id} className={cn(!alert.in_force && "text-ink-3")}>
          <Td>
            <SeverityMark severity={alert.severity} terse />
          </Td>
          <Td className="w-full max-w-0 min-w-32">
            <Link data-row to={`/alerts/received/${alert.thread_id}?alert=${alert.id}`} className="block truncate font-medium hover:underline coarse:py-2.5">
              {alert.headline}
            </Link>
          </Td>
          <Td className="max-md:hidden">
            <ReceivedStateMark state={alert.state} />
          </Td>
          <Td>
            <SignatureMark state={alert.signature} />
          </Td>
          <Td className="whitespace-nowrap max-lg:hidden">
            <Source alert={alert} />
          </Td>
          <Td className="whitespace-nowrap text-ink-3">
            <Time at={alert.sent} />
          </Td>
        </Tr>
      ))}
    </tbody>
  </Table>
);
