import { infiniteQueryOptions } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import { saveFile } from "@/api/save-file";
import type { SubscriberKind, SubscriberListImported, SubscriberSource, SubscriberStatus } from "@/api/types";

export interface SubscriberFilter {
  exercise: boolean;
  kind: SubscriberKind | null;
  source: SubscriberSource | null;
  status: SubscriberStatus | null;
  list: string | null;
}

/** Only what is set is sent; an absent filter is not an empty one. */
const query = ({ exercise, kind, source, status, list }: SubscriberFilter) => ({
  exercise,
  ...(kind ? { kind } : {}),
  ...(source ? { source } : {}),
  ...(status ? { status } : {}),
  ...(list ? { list_name: list } : {}),
});

export const subscribersQuery = (filter: SubscriberFilter) =>
  infiniteQueryOptions({
    queryKey: ["notifications", "subscribers", filter],
    queryFn: ({ pageParam }) =>
      answer(api.GET("/api/v1/notifications/subscriptions", { params: { query: { ...query(filter), limit: 50, ...(pageParam ? { cursor: pageParam } : {}) } } })),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });

const path = (id: string) => ({ params: { path: { subscription_id: id } } });

export const pauseSubscriber = (id: string, paused: boolean): Promise<unknown> =>
  answer(api.PUT("/api/v1/notifications/subscriptions/{subscription_id}/pause", { ...path(id), body: { paused } }));

/** What is known of them is destroyed. */
export const removeSubscriber = (id: string): Promise<unknown> => answer(api.DELETE("/api/v1/notifications/subscriptions/{subscription_id}", path(id)));

interface SubscriberList {
  name: string;
  kind: SubscriberKind;
  exercise: boolean;
  /** Country (US) in which numbers without a country code are read. */
  region: string;
  csv: string;
}

/** Wholly or not at all; the refusal names row and column of each fault as "/row/column". */
export const importSubscribers = ({ name, kind, exercise, region, csv }: SubscriberList): Promise<SubscriberListImported> =>
  answer(
    api.POST("/api/v1/notifications/subscriptions/import", {
      params: { query: { list_name: name, kind, exercise, ...(region ? { region } : {}) } },
      body: csv,
      bodySerializer: (text) => text,
      headers: { "Content-Type": "text/csv" },
    }),
  );

/** With addresses in full: needs a second factor shown a moment ago. */
export const saveSubscribers = (filter: SubscriberFilter): Promise<void> =>
  saveFile(`/api/v1/notifications/subscriptions/export.csv?${new URLSearchParams(Object.entries(query(filter)).map(([name, value]) => [name, String(value)])).toString()}`, "subscribers.csv");
