import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/api/client";

/** No event tells of a provider's breaker; the age of what is known is the news here. */
export const providersQuery = queryOptions({
  queryKey: ["notifications", "channels"],
  queryFn: () => answer(api.GET("/api/v1/notifications/channels")),
  refetchInterval: 15_000,
});
