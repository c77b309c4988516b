import { infiniteQueryOptions } from "@tanstack/react-query";
import type { Client } from "openapi-fetch";
import { answer, api as client } from "@/api/client";
import type { components, paths } from "@/api/schema";

/** The one client, typed by the generated description (`make api-types`). */
const api = client as unknown as Client<paths>;

export type NotificationSubscription = components["schemas"]["NotificationSubscription"];
export type SubscriptionStatus = NotificationSubscription["status"];

export interface SubscriptionFilter {
  exercise: boolean;
  status?: SubscriptionStatus;
}

/** The list, page by page, newest first. The live stream makes everything under this key old. */
export const subscriptionsQuery = (filter: SubscriptionFilter) =>
  infiniteQueryOptions({
    queryKey: ["notification", "list", filter],
    queryFn: ({ pageParam }) =>
      answer(
        api.GET("/api/v1/notification/subscriptions", {
          params: { query: { ...filter, limit: 50, ...(pageParam ? { cursor: pageParam } : {}) } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });

export const openSubscription = (body: components["schemas"]["OpenNotificationSubscription"]): Promise<NotificationSubscription> =>
  answer(api.POST("/api/v1/notification/subscriptions", { body }));

export const moveSubscription = (id: string, status: SubscriptionStatus): Promise<NotificationSubscription> =>
  answer(
    api.POST("/api/v1/notification/subscriptions/{subscription_id}/status", { params: { path: { subscription_id: id } }, body: { status } }),
  );
