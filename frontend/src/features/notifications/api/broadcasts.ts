import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import { saveFile } from "@/api/save-file";
import type { Broadcast, ContactChannel, RecipientState } from "@/api/types";

/** The live stream tells of progress; this often it is asked all the same, for a stream can be cut. */
const RUNNING_MS = 10_000;
/** How often, and how many times, a broadcast is looked for that is not taken in yet. */
const AWAITED_MS = 2_000;
const AWAITED_TIMES = 30;

/** While something may still happen to it without an event: it runs, or receipts come in. */
const pace = (one: Pick<Broadcast, "state"> | undefined): number | false => (one?.state === "running" ? RUNNING_MS : false);

export interface BroadcastFilter {
  exercise: boolean;
  running: boolean;
  incident: string | null;
}

/** The list, page by page, newest first. */
export const broadcastsQuery = (filter: BroadcastFilter) =>
  infiniteQueryOptions({
    queryKey: ["notifications", "broadcasts", "list", filter],
    queryFn: ({ pageParam }) =>
      answer(
        api.GET("/api/v1/notifications/broadcasts", {
          params: {
            query: {
              exercise: filter.exercise,
              limit: 50,
              ...(filter.running ? { running: true } : {}),
              ...(filter.incident ? { incident_id: filter.incident } : {}),
              ...(pageParam ? { cursor: pageParam } : {}),
            },
          },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });

/** The broadcast of an alert, of which there is at most one; a moment after publishing there is none yet. */
export const broadcastOfQuery = (alert: string) =>
  queryOptions({
    queryKey: ["notifications", "broadcasts", "of", alert],
    queryFn: () => answer(api.GET("/api/v1/notifications/broadcasts", { params: { query: { alert_id: alert, limit: 1 } } })),
    refetchInterval: ({ state: { data, dataUpdateCount } }) => (data?.items.length === 0 && dataUpdateCount < AWAITED_TIMES ? AWAITED_MS : false),
  });

export const broadcastQuery = (id: string) =>
  queryOptions({
    queryKey: ["notifications", "broadcasts", "detail", id],
    queryFn: () => answer(api.GET("/api/v1/notifications/broadcasts/{broadcast_id}", { params: { path: { broadcast_id: id } } })),
    refetchInterval: ({ state }) => pace(state.data),
  });

/** Not among what an event makes old: page after page would be read again each second while it runs. */
export const recipientsQuery = (broadcast: Pick<Broadcast, "id" | "state">, filter: { state: RecipientState | null; channel: ContactChannel | null }) =>
  infiniteQueryOptions({
    queryKey: ["notifications", "recipients", broadcast.id, filter],
    queryFn: ({ pageParam }) =>
      answer(
        api.GET("/api/v1/notifications/broadcasts/{broadcast_id}/deliveries", {
          params: {
            path: { broadcast_id: broadcast.id },
            query: {
              limit: 100,
              ...(filter.state ? { state: filter.state } : {}),
              ...(filter.channel ? { channel: filter.channel } : {}),
              ...(pageParam ? { cursor: pageParam } : {}),
            },
          },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    refetchInterval: pace(broadcast),
  });

export const sinkQuery = (broadcast: Pick<Broadcast, "id" | "state">) =>
  infiniteQueryOptions({
    queryKey: ["notifications", "sink", broadcast.id],
    queryFn: ({ pageParam }) =>
      answer(
        api.GET("/api/v1/notifications/broadcasts/{broadcast_id}/sink", {
          params: { path: { broadcast_id: broadcast.id }, query: { limit: 50, ...(pageParam ? { cursor: pageParam } : {}) } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    refetchInterval: pace(broadcast),
  });

const path = (id: string) => ({ params: { path: { broadcast_id: id } } });

export const stopBroadcast = (id: string): Promise<unknown> => answer(api.POST("/api/v1/notifications/broadcasts/{broadcast_id}/stop", path(id)));
export const resumeBroadcast = (id: string): Promise<unknown> => answer(api.POST("/api/v1/notifications/broadcasts/{broadcast_id}/resume", path(id)));
/** Answers how many deliveries wait again. */
export const retryFailed = (id: string) => answer(api.POST("/api/v1/notifications/broadcasts/{broadcast_id}/retry", path(id)));

export const saveRecipients = (id: string): Promise<void> => saveFile(`/api/v1/notifications/broadcasts/${id}/deliveries.csv`, `deliveries-${id}.csv`);
