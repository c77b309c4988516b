import { useInfiniteQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "react-router";
import type { Broadcast, Severity } from "@/api/types";
import { HeldPages } from "@/components/HeldPages";
import { ExerciseMark, SeverityMark } from "@/components/meanings";
import { Time } from "@/components/Time";
import { Chip } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Empty } from "@/components/ui/states";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import { t, tOr } from "@/i18n";
import { chosenIncidentStore } from "@/lib/chosen-incident";
import { cn } from "@/lib/cn";
import { useFilter } from "@/lib/search-params";
import { useExercise } from "@/lib/world";
import { broadcastsQuery } from "./api/broadcasts";
import { CountsBar } from "./components/Figures";
import { Frame } from "./components/Frame";
import { BroadcastMark, TestMark } from "./components/marks";
import { number, percent } from "./counts";

/** Every warning that was published in this world, and how far it has come. */
export default function BroadcastsPage(): ReactNode {
  return (
    <Frame place="broadcasts">
      <Broadcasts />
    </Frame>
  );
}

function Broadcasts(): ReactNode {
  const exercise = useExercise();
  const { get, set } = useFilter();
  const chosen = chosenIncidentStore((s) => s.chosen);
  const running = get("running") !== null;
  const incident = get("incident");
  const filter = { exercise, running, incident };
  const query = useInfiniteQuery(broadcastsQuery(filter));
  const narrowed = running || incident !== null;
  return (
    <>
      <div className="no-print flex flex-wrap items-center gap-2 border-b border-line px-3 py-2">
        <Chip selected={running} onToggle={() => set({ running: running ? null : "only" })}>
          {t("notifications.onlyRunning")}
        </Chip>
        {chosen?.exercise === exercise ? (
          <Chip selected={incident === chosen.id} onToggle={() => set({ incident: incident === chosen.id ? null : chosen.id })}>
            {t("notifications.onlyIncident", { name: chosen.name })}
          </Chip>
        ) : null}
        {narrowed ? (
          <Button size="small" look="quiet" onClick={() => set({ running: null, incident: null })}>
            {t("common.clearFilters")}
          </Button>
        ) : null}
      </div>
      <HeldPages
        query={query}
        listKey={JSON.stringify(filter)}
        empty={<Empty title={t(narrowed ? "notifications.emptyFiltered" : "notifications.empty")}>{t(narrowed ? "notifications.emptyFilteredDetail" : "notifications.emptyDetail")}</Empty>}
      >
        {(rows) => <BroadcastTable broadcasts={rows} />}
      </HeldPages>
    </>
  );
}

const BroadcastTable = ({ broadcasts }: { broadcasts: readonly Broadcast[] }): ReactNode => (
  <Table label={t("notifications.broadcasts")}>
    <thead className="sticky top-0 z-5 bg-surface-1">
      <tr>
        <Th className="max-sm:hidden">{t("notifications.severity")}</Th>
        <Th className="max-sm:hidden">{t("notifications.state")}</Th>
        <Th>{t("notifications.headline")}</Th>
        <Th className="text-end">{t("notifications.reached")}</Th>
        <Th className="max-lg:hidden">
          <span className="sr-only">{t("notifications.share")}</span>
        </Th>
        <Th className="text-end">{t("notifications.failed")}</Th>
        <Th className="text-end max-md:hidden">{t("notifications.inDoubt")}</Th>
        <Th className="text-end max-md:hidden">{t("notifications.waiting")}</Th>
        <Th className="max-sm:hidden">{t("notifications.started")}</Th>
      </tr>
    </thead>
    <tbody>
      {broadcasts.map((one) => (
        <Tr key={one.id} className={cn(one.state === "superseded" && "text-ink-3")}>
          <Td className="max-sm:hidden">
            <SeverityMark severity={one.severity as Severity} terse />
          </Td>
          <Td className="max-sm:hidden">
            <BroadcastMark state={one.state} />
          </Td>
          <Td className="w-full max-w-0 min-w-40">
            <span className="flex items-center gap-2">
              <Link data-row to={`/notifications/${one.id}`} className="truncate font-medium hover:underline coarse:py-2.5">
                {one.headline}
              </Link>
              {one.number > 1 ? <span className="text-xs whitespace-nowrap text-ink-2">{tOr(`alerts.type.${one.msg_type}`, one.msg_type)} · {one.number}</span> : null}
              <TestMark status={one.status} />
              <span className="hidden print:inline">
                <ExerciseMark exercise={one.exercise} />
              </span>
            </span>
            <BroadcastMark state={one.state} className="text-xs sm:hidden" />
          </Td>
          <Td className="tabular text-end whitespace-nowrap">
            {number(one.counts.reached)} <span className="text-ink-3">/ {number(one.counts.recipients)}</span>
            <span className="ms-2 inline-block w-10 text-ink-2 max-md:sr-only">{percent(one.counts)}</span>
          </Td>
          <Td className="min-w-28 max-lg:hidden">
            <CountsBar counts={one.counts} />
          </Td>
          <Td className={cn("tabular text-end", one.counts.failed > 0 ? "font-medium text-danger" : "text-ink-3")}>{number(one.counts.failed)}</Td>
          <Td className={cn("tabular text-end max-md:hidden", one.counts.in_doubt > 0 ? "font-medium text-warning" : "text-ink-3")}>{number(one.counts.in_doubt)}</Td>
          <Td className={cn("tabular text-end max-md:hidden", one.counts.waiting + one.counts.held === 0 && "text-ink-3")}>{number(one.counts.waiting + one.counts.held)}</Td>
          <Td className="whitespace-nowrap text-ink-3 max-sm:hidden">
            <Time at={one.created_at} />
          </Td>
        </Tr>
      ))}
    </tbody>
  </Table>
);
