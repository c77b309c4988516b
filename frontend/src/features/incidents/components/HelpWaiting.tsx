import { useQuery } from "@tanstack/react-query";
import { LifeBuoy } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import type { HelpRequest } from "@/api/types";
import { useMay } from "@/auth/me";
import { Section } from "@/components/Page";
import { QueryView } from "@/components/QueryView";
import { Time } from "@/components/Time";
import { SkeletonRows } from "@/components/ui/skeleton";
import { t } from "@/i18n";
import { useExercise } from "@/lib/world";
import { helpOfQuery, openHelpQuery } from "../api/help";
import { HelpCard } from "./HelpCard";
import { useHelpDialogs } from "./use-help-dialogs";

const countOf = ({ items, next }: { items: readonly HelpRequest[]; next: string | null }): string => `${items.length}${next ? "+" : ""}`;

/** Beside the title of the incidents: how many people call for help, and how long the first of them has waited. */
export function HelpWaiting(): ReactNode {
  const may = useMay("incidents:read");
  const page = useQuery({ ...openHelpQuery(useExercise()), enabled: may }).data;
  const oldest = page?.items[0];
  if (!page || !oldest) return null;
  return (
    <Link to="/incidents?view=board" className="inline-flex min-h-8 items-center gap-1.5 rounded-md bg-danger-soft px-2.5 text-sm font-medium text-danger hover:underline coarse:min-h-11">
      <LifeBuoy aria-hidden className="size-4" />
      {t("incidents.helpWaiting", { count: page.items.length, shown: countOf(page) })}
      <span className="font-normal">
        {t("incidents.helpOldest")} <Time at={oldest.asked_at} />
      </span>
    </Link>
  );
}

/** The first column of the board, while somebody calls for help: proposals, each to be accepted or dismissed. */
export function HelpColumn(): ReactNode {
  const may = useMay("incidents:read");
  const query = useQuery({ ...openHelpQuery(useExercise()), enabled: may });
  const { decide, dialog } = useHelpDialogs();
  const failed = query.data === undefined && query.isError;
  return (
    <>
      {failed || query.data?.items.length ? (
        <section aria-label={t("incidents.help")} className="flex min-h-0 flex-col">
          <h2 className="flex items-center justify-between px-1 pb-2 text-sm">
            <span className="inline-flex items-center gap-1 font-medium text-danger">
              <LifeBuoy aria-hidden className="size-4" />
              {t("incidents.help")}
            </span>
            <span className="tabular text-xs text-ink-3">{query.data ? countOf(query.data) : ""}</span>
          </h2>
          <QueryView query={query}>
            {({ items }) => (
              <ul className="flex min-h-0 flex-col gap-2 overflow-y-auto">
                {items.map((call) => (
                  <li key={call.id} className="rounded-md border border-line bg-surface-1">
                    <HelpCard call={call} onDecide={decide} />
                  </li>
                ))}
              </ul>
            )}
          </QueryView>
        </section>
      ) : null}
      {dialog}
    </>
  );
}

interface HelpOfIncidentProps {
  incidentId: string;
  /** Only while somebody still waits, and nothing at all when nobody does. */
  onlyOpen?: boolean;
}

/** The calls for help that belong to an incident: those that wait first. */
export function HelpOfIncident({ incidentId, onlyOpen = false }: HelpOfIncidentProps): ReactNode {
  const query = useQuery(helpOfQuery(incidentId));
  const { decide, dialog } = useHelpDialogs();
  const calls = query.data?.items.filter(({ status }) => !onlyOpen || status === "open").toSorted((a, b) => Number(b.status === "open") - Number(a.status === "open")) ?? [];
  return (
    <>
      {onlyOpen && calls.length === 0 ? null : (
        <Section title={t("incidents.help")}>
          <QueryView query={query} loading={<SkeletonRows rows={2} />}>
            {() =>
              calls.length === 0 ? (
                <p className="p-3 text-sm text-ink-3">{t("incidents.helpNone")}</p>
              ) : (
                <ul className="divide-y divide-line">
                  {calls.map((call) => (
                    <li key={call.id}>
                      <HelpCard call={call} onDecide={decide} inIncident />
                    </li>
                  ))}
                </ul>
              )
            }
          </QueryView>
        </Section>
      )}
      {dialog}
    </>
  );
}
