import { QueryClient } from "@tanstack/react-query";
import { Problem } from "./problem";

/** Server state. The live stream says what changed; focus and reconnection catch up the rest. */
export const newQueryClient = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        gcTime: 30 * 60_000,
        // What was read stays readable without a connection; a refusal is an answer and is not asked again.
        networkMode: "always",
        retry: (failures, error) =>
          failures < 2 && (!(error instanceof Problem) || error.offline || error.status >= 500),
        retryDelay: (attempt) => Math.min(8000, 500 * 2 ** attempt),
      },
      mutations: { networkMode: "always", retry: false },
    },
  });
