import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/api/client";

/** As many as a filter offers by name. */
const CHOICES = 500;

export const peopleQuery = queryOptions({
  queryKey: ["people", "choices"],
  queryFn: () => answer(api.GET("/api/v1/people", { params: { query: { limit: CHOICES } } })),
  staleTime: 5 * 60_000,
});

/** The incidents of one world, newest first, closed ones too: their log is what gets looked up. */
export const incidentsQuery = (exercise: boolean) =>
  queryOptions({
    queryKey: ["incidents", "list", "choices", exercise],
    queryFn: () => answer(api.GET("/api/v1/incidents", { params: { query: { exercise, limit: CHOICES } } })),
    staleTime: 5 * 60_000,
  });

export const incidentQuery = (id: string | null) =>
  queryOptions({
    queryKey: ["incidents", "detail", id ?? ""],
    queryFn: () => answer(api.GET("/api/v1/incidents/{incident_id}", { params: { path: { incident_id: id ?? "" } } })),
    enabled: id !== null,
  });
