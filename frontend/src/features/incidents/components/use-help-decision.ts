import { useMutation, useQueryClient, type UseMutationResult } from "@tanstack/react-query";
import type { HelpRequest } from "@/api/types";

/** A decision on a call for help. Refused, too, what is on screen is old: somebody else has decided. */
export function useHelpDecision<Body>(decide: (body: Body) => Promise<HelpRequest>, onDone: (decided: HelpRequest) => void): UseMutationResult<HelpRequest, Error, Body> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: decide,
    onSuccess: (decided) => {
      onDone(decided);
      void client.invalidateQueries({ queryKey: ["incidents", "help"] });
      if (decided.incident_id) void client.invalidateQueries({ queryKey: ["incidents", "detail", decided.incident_id] });
    },
    onError: () => void client.invalidateQueries({ queryKey: ["incidents", "help"] }),
  });
}
