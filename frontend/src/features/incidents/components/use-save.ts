import { useMutation, useQueryClient, type UseMutationResult } from "@tanstack/react-query";

/** A change to an incident that needs an answer before it shows; the incident is read again after it. */
export function useSave<Body>(id: string, save: (body: Body) => Promise<unknown>, onDone?: () => void): UseMutationResult<unknown, Error, Body> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: save,
    onSuccess: async () => {
      onDone?.();
      await client.invalidateQueries({ queryKey: ["incidents", "detail", id] });
    },
  });
}
