import { useInfiniteQuery, type UseInfiniteQueryResult } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { Activity } from "@/api/types";
import { useNow } from "@/components/Time";
import { useFilter } from "@/lib/search-params";
import { useExercise } from "@/lib/world";
import { useLiveEvents } from "@/live/LiveProvider";
import { journalQuery, type JournalFilter } from "./api/activity";
import { isOfType, typesOf } from "./groups";

export const PERIODS = { "1h": 3600, "24h": 86_400, "7d": 7 * 86_400 } as const;
export type Period = keyof typeof PERIODS;

const isPeriod = (value: string | null): value is Period => value !== null && value in PERIODS;

/** What the address asks of the journal. */
export function useJournalFilter(): { filter: JournalFilter; key: string; groups: string[]; period: Period | null } {
  const address = useFilter();
  const world = useExercise();
  const groups = address.all("kinds");
  const asked = address.get("period");
  const period = isPeriod(asked) ? asked : null;
  const names = groups.join(",");
  const incidentId = address.get("incident");
  const personId = address.get("person");
  const until = period ? null : address.get("until");
  // In steps, so that the same question is not asked anew every quarter of a minute.
  const step = period ? (PERIODS[period] * 1000) / 12 : 1;
  const now = Math.floor(useNow() / step) * step;
  const since = period ? new Date(now - PERIODS[period] * 1000).toISOString() : address.get("since");
  const filter = useMemo<JournalFilter>(
    () => ({
      // Accounts belong to no exercise; asked for alone, they are shown in both worlds.
      exercise: names === "accounts" ? undefined : world,
      incidentId,
      personId,
      since,
      until,
      types: typesOf(names.split(",")),
    }),
    [names, world, incidentId, personId, since, until],
  );
  return { filter, key: JSON.stringify(filter), groups, period };
}

export function fits(entry: Activity, filter: JournalFilter): boolean {
  const data = entry.data;
  return (
    (filter.exercise === undefined || entry.exercise === filter.exercise) &&
    (filter.incidentId === null || entry.incident_id === filter.incidentId) &&
    (filter.personId === null || entry.actor?.id === filter.personId || data["person_id"] === filter.personId) &&
    (filter.since === null || Date.parse(entry.time) >= Date.parse(filter.since)) &&
    (filter.until === null || Date.parse(entry.time) < Date.parse(filter.until)) &&
    (filter.types.length === 0 || filter.types.some((beginning) => isOfType(entry.type, beginning)))
  );
}

/** Beyond this many heard since the pages were read, the pages are read again. */
const HEARD_MOST = 500;

interface Journal {
  query: UseInfiniteQueryResult<{ pages: { items: Activity[] }[] }>;
  entries: Activity[];
}

/** The pages read so far, and above them what the live stream has told since. */
export function useJournal(filter: JournalFilter): Journal {
  const query = useInfiniteQuery(journalQuery(filter));
  const [heard, setHeard] = useState<readonly Activity[]>([]);
  useLiveEvents(["muster."], (event) => {
    setHeard((before) => [event, ...before]);
    if (heard.length >= HEARD_MOST) {
      setHeard([]);
      void query.refetch();
    }
  });
  const entries = useMemo(() => {
    // While other filters are being asked, what is here already is narrowed at once.
    const pages = query.data?.pages.flatMap((page) => page.items) ?? [];
    const read = query.isPlaceholderData ? pages.filter((entry) => fits(entry, filter)) : pages;
    const known = new Set(read.map((entry) => entry.id));
    const fresh = heard.filter((entry) => !known.has(entry.id) && fits(entry, filter));
    return [...fresh, ...read].sort((a, b) => b.position - a.position);
  }, [query.data, query.isPlaceholderData, heard, filter]);
  return { query, entries };
}
