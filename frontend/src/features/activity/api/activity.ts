import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import { saveFile } from "@/api/save-file";
import { timeZone } from "@/lib/time";

export interface JournalFilter {
  /** Undefined asks for both worlds: accounts belong to neither. */
  exercise?: boolean | undefined;
  incidentId: string | null;
  personId: string | null;
  since: string | null;
  until: string | null;
  /** Beginnings of event types: "muster.note". */
  types: readonly string[];
}

const PAGE = 100;

/**
 * The journal, page by page, newest first. Its key does not begin with "activity": the page hears the live
 * stream itself and adds what is new, instead of reading every page again for every event.
 */
export const journalQuery = (filter: JournalFilter) =>
  infiniteQueryOptions({
    queryKey: ["journal", "pages", filter],
    queryFn: ({ pageParam }) =>
      answer(
        api.GET("/api/v1/activity", {
          params: {
            query: {
              limit: PAGE,
              order: "desc",
              ...(filter.exercise === undefined ? {} : { exercise: filter.exercise }),
              ...(filter.incidentId ? { incident_id: filter.incidentId } : {}),
              ...(filter.personId ? { person_id: filter.personId } : {}),
              ...(filter.since ? { since: filter.since } : {}),
              ...(filter.until ? { until: filter.until } : {}),
              ...(filter.types.length > 0 ? { type: [...filter.types] } : {}),
              ...(pageParam ? { cursor: pageParam } : {}),
            },
          },
          querySerializer: { array: { style: "form", explode: true } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    // Nobody keeps it fresh while the page is closed.
    staleTime: 0,
    placeholderData: keepPreviousData,
  });

export interface Ics214Choice {
  incidentId: string | null;
  personId: string | null;
  since: string | null;
  until: string | null;
}

const ics214Params = ({ incidentId, personId, since, until }: Ics214Choice) => ({
  ...(incidentId ? { incident_id: incidentId } : {}),
  ...(personId ? { person_id: personId } : {}),
  ...(since ? { since } : {}),
  ...(until ? { until } : {}),
});

export const ics214Query = (choice: Ics214Choice) =>
  queryOptions({
    queryKey: ["activity", "ics-214", choice],
    queryFn: () => answer(api.GET("/api/v1/activity/ics-214", { params: { query: ics214Params(choice) } })),
    enabled: choice.incidentId !== null || choice.personId !== null,
  });

/** The form as a file. */
export function downloadIcs214(choice: Ics214Choice, format: "csv" | "html", name: string): Promise<void> {
  const query = new URLSearchParams({ ...ics214Params(choice), format, time_zone: timeZone() });
  return saveFile(`/api/v1/activity/ics-214?${query.toString()}`, `${name}.${format}`);
}

export const integrityQuery = queryOptions({
  queryKey: ["journal", "integrity"],
  queryFn: () => answer(api.GET("/api/v1/activity/integrity")),
});
