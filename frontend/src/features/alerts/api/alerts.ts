import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { answer, api, ifMatch } from "@/api/client";
import type { AlertContent, AlertDetail, AlertStatus, DraftAlert, Severity } from "@/api/types";

export interface AlertFilter {
  exercise: boolean;
  statuses?: readonly AlertStatus[];
  severities?: readonly Severity[];
  hazard?: string | null;
  incident?: string | null;
  q?: string | null;
  /** Each with its areas, for a map. */
  shapes?: boolean;
}

/** Only what is set is sent; an absent filter is not an empty one. */
const query = ({ exercise, statuses = [], severities = [], hazard, incident, q, shapes }: AlertFilter, limit: number) => ({
  exercise,
  limit,
  ...(statuses.length > 0 ? { status: statuses.join(",") } : {}),
  ...(severities.length > 0 ? { severity: severities.join(",") } : {}),
  ...(hazard ? { hazard } : {}),
  ...(incident ? { incident_id: incident } : {}),
  ...(q ? { q } : {}),
  ...(shapes ? { shapes } : {}),
});

/** The list, page by page, newest first. */
export const alertsQuery = (filter: AlertFilter) =>
  infiniteQueryOptions({
    queryKey: ["alerts", "list", "pages", filter],
    queryFn: ({ pageParam }) =>
      answer(api.GET("/api/v1/alerts", { params: { query: { ...query(filter, 50), ...(pageParam ? { cursor: pageParam } : {}) } } })),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });

/** As many as a board's column or a map shows at once. */
export const someAlertsQuery = (filter: AlertFilter, limit = 100) =>
  queryOptions({
    queryKey: ["alerts", "list", "once", filter, limit],
    queryFn: () => answer(api.GET("/api/v1/alerts", { params: { query: query(filter, limit) } })),
  });

export const alertQuery = (id: string) =>
  queryOptions({
    queryKey: ["alerts", "detail", id],
    queryFn: () => answer(api.GET("/api/v1/alerts/{alert_id}", { params: { path: { alert_id: id } } })),
  });

/** Every version of what it said, oldest first. */
export const versionsQuery = (id: string) =>
  queryOptions({
    queryKey: ["alerts", "detail", id, "versions"],
    queryFn: () => answer(api.GET("/api/v1/alerts/{alert_id}/versions", { params: { path: { alert_id: id } } })),
  });

export const draftAlert = (body: DraftAlert): Promise<AlertDetail> => answer(api.POST("/api/v1/alerts", { body }));

/** Throws a 412 `Problem` when someone else saved a newer version. */
export const writeContent = (id: string, version: number, body: AlertContent): Promise<AlertDetail> =>
  answer(api.PUT("/api/v1/alerts/{alert_id}/content", { params: { path: { alert_id: id } }, headers: ifMatch(version), body }));

const path = (id: string) => ({ params: { path: { alert_id: id } } });

export const submitAlert = (id: string, comment: string): Promise<AlertDetail> =>
  answer(api.POST("/api/v1/alerts/{alert_id}/submit", { ...path(id), body: said(comment) }));

export const returnAlert = (id: string, comment: string): Promise<AlertDetail> =>
  answer(api.POST("/api/v1/alerts/{alert_id}/return", { ...path(id), body: { comment } }));

export const rejectAlert = (id: string, comment: string): Promise<AlertDetail> =>
  answer(api.POST("/api/v1/alerts/{alert_id}/reject", { ...path(id), body: { comment } }));

/** Needs a second factor shown a moment ago; the dialog that asks for it stands before the client. */
export const approveAlert = (id: string, comment: string): Promise<AlertDetail> =>
  answer(api.POST("/api/v1/alerts/{alert_id}/approve", { ...path(id), body: said(comment) }));

export const publishAlert = (id: string): Promise<AlertDetail> => answer(api.POST("/api/v1/alerts/{alert_id}/publish", path(id)));

export const commentOn = (id: string, comment: string, place: string | null): Promise<AlertDetail> =>
  answer(api.POST("/api/v1/alerts/{alert_id}/comments", { ...path(id), body: { comment, ...(place ? { place } : {}) } }));

/** The draft of an Update or a Cancel; a second click is answered with the same draft. */
export const followUp = (id: string, what: "update" | "cancel"): Promise<AlertDetail> =>
  what === "update" ? answer(api.POST("/api/v1/alerts/{alert_id}/update", path(id))) : answer(api.POST("/api/v1/alerts/{alert_id}/cancel", path(id)));

const said = (comment: string): { comment?: string } => (comment.trim() ? { comment: comment.trim() } : {});
