import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/api/client";

export const feedsQuery = queryOptions({
  queryKey: ["hazards", "feeds"],
  queryFn: () => answer(api.GET("/api/v1/hazards/feeds")),
  // The age of a feed is the news here; it is asked for even when nothing happens.
  refetchInterval: 30_000,
});

export const quarantineQuery = (id: string) =>
  queryOptions({
    queryKey: ["hazards", "feeds", id, "quarantine"],
    queryFn: () => answer(api.GET("/api/v1/hazards/feeds/{feed_id}/quarantine", { params: { path: { feed_id: id } } })),
  });

export const pollFeed = (id: string): Promise<unknown> =>
  answer(api.POST("/api/v1/hazards/feeds/{feed_id}/poll", { params: { path: { feed_id: id } } }));

export const pauseFeed = (id: string, paused: boolean): Promise<unknown> => {
  const params = { path: { feed_id: id } };
  return paused
    ? answer(api.POST("/api/v1/hazards/feeds/{feed_id}/pause", { params }))
    : answer(api.POST("/api/v1/hazards/feeds/{feed_id}/resume", { params }));
};

/** Those of both worlds; the caller keeps the one that is shown. */
export const proposalsQuery = queryOptions({
  queryKey: ["hazards", "proposals"],
  queryFn: () => answer(api.GET("/api/v1/hazards/proposals", { params: { query: { status: "open", limit: 500 } } })),
});

export const dismissProposal = (id: string, reason: string): Promise<unknown> =>
  answer(api.POST("/api/v1/hazards/proposals/{proposal_id}/dismiss", { params: { path: { proposal_id: id } }, body: { reason } }));
