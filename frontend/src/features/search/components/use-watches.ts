import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { asProblem } from "@/api/problem";
import { useMay } from "@/auth/me";
import { toast } from "@/components/ui/toast";
import { t } from "@/i18n";
import { changeWatch, deleteWatch, saveSearch, watchesQuery, type Watch } from "../api/watches";

const refused = (error: Error): void => toast(asProblem(error).message, { tone: "danger" });

interface WatchActions {
  setPaused: (watch: Watch, paused: boolean) => void;
  remove: (watch: Watch) => void;
  busy: boolean;
}

/** Pausing and deleting at once, each with a way back. */
export function useWatchActions(): WatchActions {
  const client = useQueryClient();
  const again = (): Promise<void> => client.invalidateQueries({ queryKey: watchesQuery.queryKey });
  const pause = useMutation({
    mutationFn: ({ watch, paused }: { watch: Watch; paused: boolean }) => changeWatch(watch, { paused }),
    onSuccess: (now, { paused }) =>
      toast(t(paused ? "search.pausedToast" : "search.resumedToast", { name: now.name }), {
        undo: () => pause.mutate({ watch: now, paused: !paused }),
      }),
    onError: refused,
    onSettled: again,
  });
  const restore = useMutation({
    mutationFn: ({ name, search, paused }: Watch) => saveSearch({ name, search, paused }),
    onError: refused,
    onSettled: again,
  });
  const remove = useMutation({
    mutationFn: deleteWatch,
    onSuccess: (_, watch) => toast(t("search.deletedToast", { name: watch.name }), { undo: () => restore.mutate(watch) }),
    onError: refused,
    onSettled: again,
  });
  return {
    setPaused: (watch, paused) => pause.mutate({ watch, paused }),
    remove: (watch) => remove.mutate(watch),
    busy: pause.isPending || remove.isPending || restore.isPending,
  };
}

/** How much saved searches of a world have found since I looked. */
export function useUnseen(exercise: boolean): number {
  const may = useMay("search:read");
  const { data } = useQuery({ ...watchesQuery, enabled: may });
  return (data?.items ?? []).filter((one) => (one.search.exercise ?? false) === exercise).reduce((sum, { unseen }) => sum + unseen, 0);
}
