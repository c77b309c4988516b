import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import type { AcceptHelp, HelpRequest } from "@/api/types";

/** As many as one column shows; the oldest come first, and the next follow as these are decided. */
export const HELP_AT_ONCE = 100;

/** Calls for help in this world on which nobody has decided, the one that has waited longest first. */
export const openHelpQuery = (exercise: boolean) =>
  queryOptions({
    queryKey: ["incidents", "help", "open", exercise],
    queryFn: () => answer(api.GET("/api/v1/help-requests", { params: { query: { status: "open", exercise, limit: HELP_AT_ONCE } } })),
  });

/** All calls that belong to an incident, decided or not. */
export const helpOfQuery = (incident: string) =>
  queryOptions({
    queryKey: ["incidents", "help", "of", incident],
    queryFn: () => answer(api.GET("/api/v1/help-requests", { params: { query: { incident_id: incident, limit: 200 } } })),
  });

export const acceptHelp = (id: string, body: AcceptHelp): Promise<HelpRequest> =>
  answer(api.POST("/api/v1/help-requests/{request_id}/accept", { params: { path: { request_id: id } }, body }));

export const dismissHelp = (id: string, reason: string): Promise<HelpRequest> =>
  answer(api.POST("/api/v1/help-requests/{request_id}/dismiss", { params: { path: { request_id: id } }, body: { reason } }));
