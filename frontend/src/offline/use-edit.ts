import { useMutation, useQueryClient, type QueryKey, type UseMutationResult } from "@tanstack/react-query";
import { asProblem } from "@/api/problem";
import { toast } from "@/components/ui/toast";
import { t } from "@/i18n";
import { sendOrKeep, type Outcome, type WaitingEdit } from "./queue";

type Edit = Pick<WaitingEdit, "method" | "path" | "body" | "label">;

/**
 * An edit that commutes: shown at once by `apply`, sent or kept until there is a connection, and put right
 * with a word when the server refuses it.
 */
export function useEdit<Data>(
  queryKey: QueryKey,
  apply: (data: Data, edit: Edit) => Data = (data) => data,
): UseMutationResult<Outcome, Error, Edit, { before: Data | undefined }> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: sendOrKeep,
    onMutate: async (edit: Edit) => {
      await client.cancelQueries({ queryKey });
      const before = client.getQueryData<Data>(queryKey);
      if (before !== undefined) client.setQueryData<Data>(queryKey, apply(before, edit));
      return { before };
    },
    onError: (error, _edit, context) => {
      if (context) client.setQueryData(queryKey, context.before);
      const problem = asProblem(error);
      toast(problem.detail || problem.title, { tone: "danger" });
    },
    onSuccess: (outcome) => {
      if (outcome.sent) void client.invalidateQueries({ queryKey });
      else toast(t("common.keptOffline"));
    },
  });
}
