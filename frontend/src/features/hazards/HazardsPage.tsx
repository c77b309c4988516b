import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Radio, SlidersHorizontal } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import type { Hazard } from "@/api/types";
import { useUnits } from "@/auth/me";
import { HeldPages } from "@/components/HeldPages";
import { SeverityMark } from "@/components/meanings";
import { Page } from "@/components/Page";
import { Time } from "@/components/Time";
import { Badge, Chip } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/field";
import { Empty } from "@/components/ui/states";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import { t, tOr } from "@/i18n";
import { cn } from "@/lib/cn";
import { useFilter } from "@/lib/search-params";
import { distance, magnitude } from "@/lib/units";
import { useExercise } from "@/lib/world";
import { feedsQuery } from "./api/feeds";
import { hazardsQuery, type HazardFilter } from "./api/hazards";
import { DeclareButton } from "./components/DeclareButton";
import { Proposals } from "./components/Proposals";

const MAGNITUDES = ["2.5", "4", "5", "6"] as const;

/** Every hazard the feeds reported, newest first, and what the rules propose. */
export default function HazardsPage(): ReactNode {
  const exercise = useExercise();
  const { get, set } = useFilter();
  const feeds = useQuery(feedsQuery).data?.items ?? [];
  const wanted = get("magnitude");
  const feed = get("feed");
  const filter: HazardFilter = { exercise, minMagnitude: wanted === null ? null : Number(wanted), feed };
  return (
    <Page
      title={t("hazards.title")}
      actions={
        <>
          <Button asChild>
            <Link to="/hazards/rules">
              <SlidersHorizontal aria-hidden />
              {t("hazards.rules")}
            </Link>
          </Button>
          <Button asChild>
            <Link to="/hazards/feeds">
              <Radio aria-hidden />
              {t("hazards.feeds")}
            </Link>
          </Button>
        </>
      }
      className="bg-surface-1"
    >
      <Proposals />
      <div className="no-print flex flex-wrap items-center gap-2 border-b border-line px-3 py-2">
        {MAGNITUDES.map((value) => (
          <Chip key={value} selected={wanted === value} onToggle={() => set({ magnitude: wanted === value ? null : value })}>
            {t("map.minMagnitude", { magnitude: value })}
          </Chip>
        ))}
        <Select aria-label={t("hazards.feed")} className="w-auto max-w-64" value={feed ?? ""} onChange={(e) => set({ feed: e.target.value })}>
          <option value="">{t("hazards.allFeeds")}</option>
          {feeds.map(({ id, key, name }) => (
            <option key={id} value={key}>
              {name}
            </option>
          ))}
        </Select>
      </div>
      <HazardList filter={filter} />
    </Page>
  );
}

function HazardList({ filter }: { filter: HazardFilter }): ReactNode {
  const query = useInfiniteQuery(hazardsQuery(filter));
  return (
    <HeldPages
      query={query}
      listKey={JSON.stringify(filter)}
      empty={
        <Empty
          title={t("hazards.emptyTitle")}
          action={
            <Button asChild>
              <Link to="/hazards/feeds">{t("hazards.feeds")}</Link>
            </Button>
          }
        >
          {t("hazards.emptyDetail")}
        </Empty>
      }
    >
      {(rows) => <HazardTable hazards={rows} />}
    </HeldPages>
  );
}

function HazardTable({ hazards }: { hazards: readonly Hazard[] }): ReactNode {
  const units = useUnits();
  return (
    <Table label={t("hazards.title")}>
      <thead className="sticky top-0 z-5 bg-surface-1">
        <tr>
          <Th>{t("hazards.severity")}</Th>
          <Th className="text-end">{t("hazards.magnitude")}</Th>
          <Th>{t("hazards.event")}</Th>
          <Th className="max-lg:hidden">{t("hazards.alertLevel")}</Th>
          <Th className="text-end max-md:hidden">{t("hazards.depth")}</Th>
          <Th className="max-lg:hidden">{t("hazards.source")}</Th>
          <Th>{t("hazards.occurred")}</Th>
          <Th className="no-print max-sm:hidden">{t("hazards.incident")}</Th>
        </tr>
      </thead>
      <tbody>
        {hazards.map((hazard) => (
          <Tr key={hazard.id} className={cn(hazard.deleted && "opacity-70")}>
            <Td>
              <SeverityMark severity={hazard.severity} terse />
            </Td>
            <Td className="tabular text-end font-semibold">{magnitude(hazard.magnitude)}</Td>
            <Td className="w-full max-w-0 min-w-32 sm:min-w-40">
              <span className="flex items-center gap-2">
                <Link data-row to={`/hazards/${hazard.id}`} className={cn("truncate font-medium hover:underline coarse:py-2.5", hazard.deleted && "line-through")}>
                  {hazard.title}
                </Link>
                {hazard.revision > 1 ? <Badge className="max-md:hidden">{t("hazards.revision", { revision: hazard.revision })}</Badge> : null}
                {hazard.deleted ? <Badge tone="danger">{t("hazards.deleted")}</Badge> : null}
              </span>
            </Td>
            <Td className="max-lg:hidden">{hazard.alert_level ? tOr(`hazards.alert.${hazard.alert_level}`, hazard.alert_level) : "–"}</Td>
            <Td className="tabular text-end whitespace-nowrap text-ink-2 max-md:hidden">{distance(hazard.depth_km, units)}</Td>
            <Td className="whitespace-nowrap text-ink-3 uppercase max-lg:hidden">{hazard.feed}</Td>
            <Td className="whitespace-nowrap text-ink-3">
              <Time at={hazard.occurred_at} />
            </Td>
            <Td className="no-print max-sm:hidden">{hazard.deleted && !hazard.incident_id ? null : <DeclareButton hazard={hazard} small quiet />}</Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
