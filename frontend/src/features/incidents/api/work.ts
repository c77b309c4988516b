import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { answer, api, ifMatch } from "@/api/client";
import type { AssignPosition, ChangeObjective, ChangePeriod, ChangeTask, IncidentLink, LinkKind, Objective, OperationalPeriod, PositionHeld, Share, Task } from "@/api/types";

export const positionsQuery = queryOptions({
  queryKey: ["incidents", "positions"],
  queryFn: () => answer(api.GET("/api/v1/incidents/positions")),
  staleTime: Infinity,
});

export const peopleQuery = queryOptions({
  queryKey: ["people"],
  queryFn: () => answer(api.GET("/api/v1/people", { params: { query: { limit: 500 } } })),
});

export const organizationsQuery = queryOptions({
  queryKey: ["organizations"],
  queryFn: () => answer(api.GET("/api/v1/organizations", { params: { query: { limit: 500 } } })),
  retry: false,
});

/** What happened in an incident, newest first. */
export const timelineQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ["activity", "incident", id],
    queryFn: ({ pageParam }) =>
      answer(
        api.GET("/api/v1/activity", {
          params: { query: { incident_id: id, order: "desc", limit: 50, ...(pageParam ? { cursor: pageParam } : {}) } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });

/** The position is a key of the published list; one that has left it is refused. */
export const assignPosition = (id: string, body: Omit<AssignPosition, "position"> & { position: string }): Promise<PositionHeld> =>
  answer(api.POST("/api/v1/incidents/{incident_id}/positions", { params: { path: { incident_id: id } }, body: { ...body, position: body.position as AssignPosition["position"] } }));

export const relievePosition = (id: string, assignment_id: string): Promise<PositionHeld> =>
  answer(api.POST("/api/v1/incidents/{incident_id}/positions/{assignment_id}/relieve", { params: { path: { incident_id: id, assignment_id } } }));

export const addPeriod = (id: string, body: { starts_at: string; ends_at: string }): Promise<OperationalPeriod> =>
  answer(api.POST("/api/v1/incidents/{incident_id}/periods", { params: { path: { incident_id: id } }, body }));

export const addLink = (id: string, body: { kind: LinkKind; incident_id: string }): Promise<IncidentLink> =>
  answer(api.POST("/api/v1/incidents/{incident_id}/links", { params: { path: { incident_id: id } }, body }));

export const removeLink = (id: string, link_id: string): Promise<unknown> =>
  answer(api.DELETE("/api/v1/incidents/{incident_id}/links/{link_id}", { params: { path: { incident_id: id, link_id } } }));

export const addShare = (id: string, body: { organization_id: string; until: string; access: Share["access"] }): Promise<Share> =>
  answer(api.POST("/api/v1/incidents/{incident_id}/shares", { params: { path: { incident_id: id } }, body }));

export const removeShare = (id: string, share_id: string): Promise<unknown> =>
  answer(api.DELETE("/api/v1/incidents/{incident_id}/shares/{share_id}", { params: { path: { incident_id: id, share_id } } }));

/** The next three throw a 412 `Problem` when someone else saved a newer version. */
export const changePeriod = (id: string, { id: period_id, version }: OperationalPeriod, body: ChangePeriod): Promise<OperationalPeriod> =>
  answer(api.PATCH("/api/v1/incidents/{incident_id}/periods/{period_id}", { params: { path: { incident_id: id, period_id } }, headers: ifMatch(version), body }));

export const changeObjective = (id: string, { id: objective_id, version }: Objective, body: ChangeObjective): Promise<Objective> =>
  answer(api.PATCH("/api/v1/incidents/{incident_id}/objectives/{objective_id}", { params: { path: { incident_id: id, objective_id } }, headers: ifMatch(version), body }));

export const changeTask = (id: string, { id: task_id, version }: Task, body: ChangeTask): Promise<Task> =>
  answer(api.PATCH("/api/v1/incidents/{incident_id}/tasks/{task_id}", { params: { path: { incident_id: id, task_id } }, headers: ifMatch(version), body }));
