import { infiniteQueryOptions } from "@tanstack/react-query";
import type { Client } from "openapi-fetch";
import { answer, api as client } from "@/api/client";
import type { components, paths } from "@/api/schema";

/** The one client, typed by the generated description (`make api-types`). */
const api = client as unknown as Client<paths>;

export type SearchWatch = components["schemas"]["SearchWatch"];
export type WatchStatus = SearchWatch["status"];

export interface WatchFilter {
  exercise: boolean;
  status?: WatchStatus;
}

/** The list, page by page, newest first. The live stream makes everything under this key old. */
export const watchesQuery = (filter: WatchFilter) =>
  infiniteQueryOptions({
    queryKey: ["search", "list", filter],
    queryFn: ({ pageParam }) =>
      answer(
        api.GET("/api/v1/search/watches", {
          params: { query: { ...filter, limit: 50, ...(pageParam ? { cursor: pageParam } : {}) } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });

export const openWatch = (body: components["schemas"]["OpenSearchWatch"]): Promise<SearchWatch> =>
  answer(api.POST("/api/v1/search/watches", { body }));

export const moveWatch = (id: string, status: WatchStatus): Promise<SearchWatch> =>
  answer(
    api.POST("/api/v1/search/watches/{watch_id}/status", { params: { path: { watch_id: id } }, body: { status } }),
  );
