import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { answer, api, ifMatch } from "@/api/client";
import type { ChangeIncident, CloseReason, DeclareIncident, Incident, IncidentStatus } from "@/api/types";

export interface IncidentFilter {
  exercise: boolean;
  statuses?: readonly string[];
  kind?: string | null;
  q?: string | null;
}

/** Only what is set is sent; an absent filter is not an empty one. */
const query = ({ exercise, statuses = [], kind, q }: IncidentFilter, limit: number) => ({
  exercise,
  limit,
  ...(statuses.length > 0 ? { status: statuses.join(",") } : {}),
  ...(kind ? { kind } : {}),
  ...(q ? { q } : {}),
});

/** The list, page by page, newest declaration first. */
export const incidentsQuery = (filter: IncidentFilter) =>
  infiniteQueryOptions({
    queryKey: ["incidents", "list", "pages", filter],
    queryFn: ({ pageParam }) =>
      answer(api.GET("/api/v1/incidents", { params: { query: { ...query(filter, 50), ...(pageParam ? { cursor: pageParam } : {}) } } })),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });

/** As many as a map or a board can show at once. */
export const openIncidentsQuery = (filter: IncidentFilter, limit = 200) =>
  queryOptions({
    queryKey: ["incidents", "list", "once", filter, limit],
    queryFn: () => answer(api.GET("/api/v1/incidents", { params: { query: query(filter, limit) } })),
  });

export const incidentQuery = (id: string) =>
  queryOptions({
    queryKey: ["incidents", "detail", id],
    queryFn: () => answer(api.GET("/api/v1/incidents/{incident_id}", { params: { path: { incident_id: id } } })),
  });

export const kindsQuery = queryOptions({
  queryKey: ["incidents", "kinds"],
  queryFn: () => answer(api.GET("/api/v1/incidents/kinds")),
  staleTime: Infinity,
});

export const declareIncident = (body: DeclareIncident): Promise<Incident> =>
  answer(api.POST("/api/v1/incidents", { body }));

/** Throws a 412 `Problem` when someone else saved a newer version. */
export const changeIncident = (id: string, version: number, body: ChangeIncident): Promise<Incident> =>
  answer(api.PATCH("/api/v1/incidents/{incident_id}", { params: { path: { incident_id: id } }, headers: ifMatch(version), body }));

export const moveIncident = (
  id: string,
  body: { status: IncidentStatus; reason?: CloseReason; note?: string },
): Promise<Incident> => answer(api.POST("/api/v1/incidents/{incident_id}/status", { params: { path: { incident_id: id } }, body }));

export const watchIncident = (id: string, watch: boolean): Promise<unknown> => {
  const params = { path: { incident_id: id } };
  return watch
    ? answer(api.PUT("/api/v1/incidents/{incident_id}/watch", { params }))
    : answer(api.DELETE("/api/v1/incidents/{incident_id}/watch", { params }));
};
