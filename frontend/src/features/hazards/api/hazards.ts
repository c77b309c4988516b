import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import type { Incident } from "@/api/types";

export interface HazardFilter {
  exercise: boolean;
  minMagnitude?: number | null;
  /** ISO 8601; rounded by the caller, so that the same question is asked twice. */
  since?: string | null;
  feed?: string | null;
  bbox?: string | null;
}

const query = ({ exercise, minMagnitude, since, feed, bbox }: HazardFilter, limit: number) => ({
  exercise,
  limit,
  ...(typeof minMagnitude === "number" ? { min_magnitude: minMagnitude } : {}),
  ...(since ? { since } : {}),
  ...(feed ? { feed } : {}),
  ...(bbox ? { bbox } : {}),
});

/** The list, page by page, newest first. */
export const hazardsQuery = (filter: HazardFilter) =>
  infiniteQueryOptions({
    queryKey: ["hazards", "pages", filter],
    queryFn: ({ pageParam }) =>
      answer(api.GET("/api/v1/hazards", { params: { query: { ...query(filter, 50), ...(pageParam ? { cursor: pageParam } : {}) } } })),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });

/** As many as the map shows at once. */
export const MAP_HAZARDS = 500;

export const mapHazardsQuery = (filter: HazardFilter) =>
  queryOptions({
    queryKey: ["hazards", "map", filter],
    queryFn: () => answer(api.GET("/api/v1/hazards", { params: { query: query(filter, MAP_HAZARDS) } })),
  });

export const hazardQuery = (id: string) =>
  queryOptions({
    queryKey: ["hazards", "detail", id],
    queryFn: () => answer(api.GET("/api/v1/hazards/{hazard_id}", { params: { path: { hazard_id: id } } })),
  });

export const revisionsQuery = (id: string) =>
  queryOptions({
    queryKey: ["hazards", "revisions", id],
    queryFn: () => answer(api.GET("/api/v1/hazards/{hazard_id}/revisions", { params: { path: { hazard_id: id }, query: { limit: 100 } } })),
  });

/** Declare an incident from a hazard; a second time answers the same incident. */
export const declareFromHazard = (id: string): Promise<Incident> =>
  answer(api.POST("/api/v1/hazards/{hazard_id}/incident", { params: { path: { hazard_id: id } } }));
