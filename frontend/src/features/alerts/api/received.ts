import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { answer, api, ifMatch } from "@/api/client";
import type { AddAlertFeed, AlertFeed, ChangeAlertFeed, Severity } from "@/api/types";

export interface ReceivedFilter {
  exercise: boolean;
  inForce: boolean;
  severities: readonly Severity[];
  feed: string | null;
}

/** Others' alerts one by one, the latest sent first. */
export const receivedQuery = ({ exercise, inForce, severities, feed }: ReceivedFilter) =>
  infiniteQueryOptions({
    queryKey: ["received-alerts", "list", { exercise, inForce, severities, feed }],
    queryFn: ({ pageParam }) =>
      answer(
        api.GET("/api/v1/received-alerts", {
          params: {
            query: {
              exercise,
              limit: 50,
              ...(inForce ? { in_force: true } : {}),
              ...(severities.length > 0 ? { severity: [...severities] } : {}),
              ...(feed ? { feed_id: feed } : {}),
              ...(pageParam ? { cursor: pageParam } : {}),
            },
          },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });

interface ThreadFilter {
  exercise: boolean;
  inForce: boolean;
  several: boolean;
}

/** Threads, the one with the latest alert first. */
export const threadsQuery = ({ exercise, inForce, several }: ThreadFilter) =>
  infiniteQueryOptions({
    queryKey: ["received-alerts", "threads", { exercise, inForce, several }],
    queryFn: ({ pageParam }) =>
      answer(
        api.GET("/api/v1/received-alerts/threads", {
          params: { query: { exercise, several, limit: 50, ...(inForce ? { in_force: true } : {}), ...(pageParam ? { cursor: pageParam } : {}) } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });

export const threadQuery = (id: string) =>
  queryOptions({
    queryKey: ["received-alerts", "thread", id],
    queryFn: () => answer(api.GET("/api/v1/received-alerts/threads/{thread_id}", { params: { path: { thread_id: id } } })),
  });

export const receivedOneQuery = (id: string) =>
  queryOptions({
    queryKey: ["received-alerts", "one", id],
    queryFn: () => answer(api.GET("/api/v1/received-alerts/{received_id}", { params: { path: { received_id: id } } })),
  });

/** At most 2000, with their outlines. */
export const receivedMapQuery = (exercise: boolean) =>
  queryOptions({
    queryKey: ["received-alerts", "map", exercise],
    queryFn: () => answer(api.GET("/api/v1/received-alerts/map", { params: { query: { exercise, in_force: true } } })),
  });

export const splitThread = (id: string, alerts: readonly string[], reason: string) =>
  answer(api.POST("/api/v1/received-alerts/threads/{thread_id}/split", { params: { path: { thread_id: id } }, body: { alert_ids: [...alerts], reason } }));

export const joinThreads = (id: string, threads: readonly string[], reason: string) =>
  answer(api.POST("/api/v1/received-alerts/threads/{thread_id}/join", { params: { path: { thread_id: id } }, body: { thread_ids: [...threads], reason } }));

export const undoChange = (id: string) =>
  answer(api.POST("/api/v1/received-alerts/thread-changes/{change_id}/undo", { params: { path: { change_id: id } } }));

export const alertFeedsQuery = queryOptions({
  queryKey: ["received-alerts", "feeds"],
  queryFn: () => answer(api.GET("/api/v1/alert-feeds", { params: { query: { limit: 100 } } })),
  // The age of a feed is the news here; it is asked for even when nothing happens.
  refetchInterval: 30_000,
});

export const feedQuarantineQuery = (id: string) =>
  queryOptions({
    queryKey: ["received-alerts", "feeds", id, "quarantine"],
    queryFn: () => answer(api.GET("/api/v1/alert-feeds/{feed_id}/quarantine", { params: { path: { feed_id: id }, query: { limit: 50 } } })),
  });

export const addAlertFeed = (body: AddAlertFeed) => answer(api.POST("/api/v1/alert-feeds", { body }));

export const changeAlertFeed = ({ id, version }: AlertFeed, body: ChangeAlertFeed) =>
  answer(api.PATCH("/api/v1/alert-feeds/{feed_id}", { params: { path: { feed_id: id } }, headers: ifMatch(version), body }));

export const removeAlertFeed = (id: string): Promise<unknown> => answer(api.DELETE("/api/v1/alert-feeds/{feed_id}", { params: { path: { feed_id: id } } }));

export const pollAlertFeed = (id: string): Promise<unknown> => answer(api.POST("/api/v1/alert-feeds/{feed_id}/poll", { params: { path: { feed_id: id } } }));

export const pauseAlertFeed = (id: string, paused: boolean): Promise<unknown> => {
  const params = { path: { feed_id: id } };
  return paused ? answer(api.POST("/api/v1/alert-feeds/{feed_id}/pause", { params })) : answer(api.POST("/api/v1/alert-feeds/{feed_id}/resume", { params }));
};
