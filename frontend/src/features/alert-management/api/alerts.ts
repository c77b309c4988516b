import { infiniteQueryOptions } from "@tanstack/react-query";
import type { Client } from "openapi-fetch";
import { answer, api as client } from "@/api/client";
import type { components, paths } from "@/api/schema";

/** The one client, typed by the generated description (`make api-types`). */
const api = client as unknown as Client<paths>;

export type AlertManagementAlert = components["schemas"]["AlertManagementAlert"];
export type AlertStatus = AlertManagementAlert["status"];

export interface AlertFilter {
  exercise: boolean;
  status?: AlertStatus;
}

/** The list, page by page, newest first. The live stream makes everything under this key old. */
export const alertsQuery = (filter: AlertFilter) =>
  infiniteQueryOptions({
    queryKey: ["alert-management", "list", filter],
    queryFn: ({ pageParam }) =>
      answer(
        api.GET("/api/v1/alert-management/alerts", {
          params: { query: { ...filter, limit: 50, ...(pageParam ? { cursor: pageParam } : {}) } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });

export const openAlert = (body: components["schemas"]["OpenAlertManagementAlert"]): Promise<AlertManagementAlert> =>
  answer(api.POST("/api/v1/alert-management/alerts", { body }));

export const moveAlert = (id: string, status: AlertStatus): Promise<AlertManagementAlert> =>
  answer(
    api.POST("/api/v1/alert-management/alerts/{alert_id}/status", { params: { path: { alert_id: id } }, body: { status } }),
  );
