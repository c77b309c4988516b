import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import type { AskAlertAudience, AskAlertPreview, ResolveAlertArea, ResolvedAlertArea } from "@/api/types";

/** Every event that an alert can be about. */
export const termsQuery = queryOptions({
  queryKey: ["alerts", "terms"],
  queryFn: () => answer(api.GET("/api/v1/alerts/terms")),
  staleTime: Infinity,
});

/** The alert as each channel would show it, and what is wrong with it; the last answer stays while one types. */
export const previewQuery = (asked: AskAlertPreview) =>
  queryOptions({
    queryKey: ["alerts", "preview", asked],
    queryFn: () => answer(api.POST("/api/v1/alerts/preview", { body: asked })),
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  });

/** How many are reached; it may not be known. */
export const audienceQuery = (asked: AskAlertAudience) =>
  queryOptions({
    queryKey: ["alerts", "audience", asked],
    queryFn: () => answer(api.POST("/api/v1/alerts/audience", { body: asked })),
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  });

export const resolveArea = (body: ResolveAlertArea): Promise<ResolvedAlertArea> => answer(api.POST("/api/v1/alerts/areas", { body }));

export const boundariesQuery = (q: string) =>
  queryOptions({
    queryKey: ["alerts", "boundaries", q],
    queryFn: () => answer(api.GET("/api/v1/alert-boundaries", { params: { query: { limit: 30, ...(q ? { q } : {}) } } })),
    placeholderData: keepPreviousData,
  });

/** Incidents of this world, of which an alert can be. */
export const incidentsToChoose = (exercise: boolean) =>
  queryOptions({
    queryKey: ["incidents", "list", "of-alerts", exercise],
    queryFn: () => answer(api.GET("/api/v1/incidents", { params: { query: { exercise, status: "reported,active,demobilizing", limit: 100 } } })),
  });
