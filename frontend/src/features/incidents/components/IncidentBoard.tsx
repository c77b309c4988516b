import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "react-router";
import type { Incident, IncidentStatus } from "@/api/types";
import { SeverityMark, STATUSES, StatusMark } from "@/components/meanings";
import { QueryView } from "@/components/QueryView";
import { Time } from "@/components/Time";
import { Skeleton } from "@/components/ui/skeleton";
import { t } from "@/i18n";
import { openIncidentsQuery, type IncidentFilter } from "../api/incidents";
import { HelpColumn } from "./HelpWaiting";
import { useKindName } from "./kinds";

/** As many cards as one column shows before the list does it better. */
const COLUMN = 100;

/** A column per status, as on the wall of a command post; before them those who call for help. */
export const IncidentBoard = ({ filter }: { filter: IncidentFilter }): ReactNode => (
  <div className="grid min-h-0 flex-1 auto-cols-[minmax(14rem,1fr)] grid-flow-col gap-3 overflow-x-auto bg-surface-0 p-3">
    <HelpColumn />
    {STATUSES.map((status) => (
      <Column key={status} status={status} filter={filter} />
    ))}
  </div>
);

function Column({ status, filter }: { status: IncidentStatus; filter: IncidentFilter }): ReactNode {
  const query = useQuery(openIncidentsQuery({ ...filter, statuses: [status] }, COLUMN));
  const count = query.data ? `${query.data.items.length}${query.data.next ? "+" : ""}` : "";
  return (
    <section aria-label={t(`common.status.${status}`)} className="flex min-h-0 flex-col">
      <h2 className="flex items-center justify-between px-1 pb-2 text-sm">
        <StatusMark status={status} />
        <span className="tabular text-xs text-ink-3">{count}</span>
      </h2>
      <QueryView
        query={query}
        loading={
          <div className="flex flex-col gap-2">
            <Skeleton className="h-20" />
            <Skeleton className="h-20" />
          </div>
        }
      >
        {({ items }) => (
          <ul className="flex min-h-0 flex-col gap-2 overflow-y-auto">
            {items.length === 0 ? <li className="px-1 text-sm text-ink-3">{t("incidents.boardEmpty")}</li> : null}
            {items.map((incident) => (
              <li key={incident.id}>
                <Card incident={incident} />
              </li>
            ))}
          </ul>
        )}
      </QueryView>
    </section>
  );
}

function Card({ incident }: { incident: Incident }): ReactNode {
  const kindName = useKindName();
  return (
    <Link data-row to={`/incidents/${incident.id}`} className="flex flex-col gap-1 rounded-md border border-line bg-surface-1 p-3 hover:border-line-strong focus-visible:-outline-offset-2">
      <span className="flex items-baseline justify-between gap-2">
        <span className="min-w-0 font-semibold">{incident.name}</span>
        <Time at={incident.declared_at} className="shrink-0 text-xs text-ink-3" />
      </span>
      <span className="flex flex-wrap gap-x-3 text-xs text-ink-2">
        {incident.severity ? <SeverityMark severity={incident.severity} /> : null}
        <span>{kindName(incident.kind)}</span>
        <span>{incident.commander?.name ?? t("incidents.noCommander")}</span>
      </span>
      <span className="tabular text-xs text-ink-3">
        {t("incidents.openWork", { objectives: incident.objectives_open, tasks: incident.tasks_open })}
      </span>
    </Link>
  );
}
