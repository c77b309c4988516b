import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "react-router";
import type { Alert } from "@/api/types";
import { SEVERITIES, SeverityMark } from "@/components/meanings";
import { QueryView } from "@/components/QueryView";
import { Time } from "@/components/Time";
import { Skeleton } from "@/components/ui/skeleton";
import { t } from "@/i18n";
import { someAlertsQuery, type AlertFilter } from "../api/alerts";
import { placeOf, STAGES, STATUSES_OF, type Stage } from "../states";
import { useHazardName } from "../use-hazard-name";
import { AlertStatusMark, Expiry, MessageType, StageName, WorldMark } from "./marks";

/** As many cards as one column shows before the list does it better. */
const COLUMN = 100;

interface BoardProps {
  filter: AlertFilter;
}

/** A column per stage, as on the wall: what waits for whom stands apart from what is in force. */
export const AlertBoard = (props: BoardProps): ReactNode => (
  <div className="grid min-h-0 flex-1 auto-cols-[minmax(15rem,1fr)] grid-flow-col gap-3 overflow-x-auto bg-surface-0 p-3">
    {STAGES.map((stage) => (
      <Column key={stage} stage={stage} {...props} />
    ))}
  </div>
);

/** What ends soonest needs someone first; elsewhere the worst, then the newest. */
const ORDER: Partial<Record<Stage, (a: Alert, b: Alert) => number>> = {
  in_force: (a, b) => (a.expires ?? "~").localeCompare(b.expires ?? "~"),
  in_review: (a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity),
  approved: (a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity),
};

function Column({ stage, filter }: BoardProps & { stage: Stage }): ReactNode {
  const query = useQuery(someAlertsQuery({ ...filter, statuses: STATUSES_OF[stage] }, COLUMN));
  const all = query.data?.items;
  const sorted = ORDER[stage] ? all?.toSorted(ORDER[stage]) : all;
  return (
    <section aria-label={t(`alerts.stage.${stage}`)} className="flex min-h-0 flex-col">
      <h2 className="flex items-center justify-between px-1 pb-2 text-sm font-semibold">
        <StageName stage={stage} />
        <span className="tabular text-xs font-medium text-ink-3">{sorted ? `${sorted.length}${query.data?.next ? "+" : ""}` : ""}</span>
      </h2>
      <QueryView
        query={query}
        loading={
          <div className="flex flex-col gap-2">
            <Skeleton className="h-24" />
            <Skeleton className="h-24" />
          </div>
        }
      >
        {() => (
          <ul className="flex min-h-0 flex-col gap-2 overflow-y-auto">
            {sorted?.length === 0 ? <li className="px-1 text-sm text-ink-3">{t("alerts.boardEmpty")}</li> : null}
            {sorted?.map((alert) => (
              <li key={alert.id}>
                <Card alert={alert} />
              </li>
            ))}
          </ul>
        )}
      </QueryView>
    </section>
  );
}

function Card({ alert }: { alert: Alert }): ReactNode {
  const hazardName = useHazardName();
  const ended = STATUSES_OF.ended.includes(alert.status);
  return (
    <Link data-row to={placeOf(alert)} className="flex flex-col gap-1 rounded-md border border-line bg-surface-1 p-3 hover:border-line-strong focus-visible:-outline-offset-2">
      <span className="line-clamp-2 font-semibold">{alert.headline}</span>
      <span className="flex flex-wrap items-center gap-x-2 gap-y-1 text-xs text-ink-2">
        <SeverityMark severity={alert.severity} />
        <span>{hazardName(alert.hazard)}</span>
        <MessageType type={alert.msg_type} number={alert.number} />
        {ended ? <AlertStatusMark status={alert.status} /> : null}
        <WorldMark exercise={false} test={alert.test} />
      </span>
      <span className="truncate text-xs text-ink-3">{alert.areas.filter(Boolean).join(", ") || t("alerts.noArea")}</span>
      <span className="flex justify-between gap-2 text-xs text-ink-3">
        <span className="truncate">{(alert.approved_by ?? alert.submitted_by ?? alert.drafted_by).name}</span>
        {alert.status === "published" ? <Expiry alert={alert} className="tabular shrink-0 text-ink-1" /> : <Time at={alert.ended_at ?? alert.updated_at} className="shrink-0" />}
      </span>
    </Link>
  );
}
