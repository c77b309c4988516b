import { queryOptions } from "@tanstack/react-query";
import { answer, api, ifMatch } from "@/api/client";
import type { components } from "@/api/schema";

type Schemas = components["schemas"];
/** A saved search. */
export type Watch = Schemas["SearchWatch"];
/** What it looks for. */
export type Saved = Watch["search"];

/** One account may save fewer than this. */
const ALL = 100;

/** What I have saved, newest first. */
export const watchesQuery = queryOptions({
  queryKey: ["search", "watches"],
  queryFn: () => answer(api.GET("/api/v1/search/watches", { params: { query: { limit: ALL } } })),
});

export const saveSearch = (body: Schemas["SaveSearch"]): Promise<Watch> => answer(api.POST("/api/v1/search/watches", { body }));

export const changeWatch = ({ id, version }: Watch, body: Schemas["ChangeSearchWatch"]): Promise<Watch> =>
  answer(api.PATCH("/api/v1/search/watches/{watch_id}", { params: { path: { watch_id: id } }, headers: ifMatch(version), body }));

export const deleteWatch = ({ id }: Watch): Promise<unknown> =>
  answer(api.DELETE("/api/v1/search/watches/{watch_id}", { params: { path: { watch_id: id } } }));

/** I have looked: nothing of it is news any more. */
export const seeWatch = ({ id }: Watch): Promise<Watch> =>
  answer(api.POST("/api/v1/search/watches/{watch_id}/seen", { params: { path: { watch_id: id } } }));
