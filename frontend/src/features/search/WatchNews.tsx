import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { useMe } from "@/auth/me";
import { toast } from "@/components/ui/toast";
import { t } from "@/i18n";
import { useLiveEvents } from "@/live/LiveProvider";
import { worldStore } from "@/lib/world";
import { watchesQuery } from "./api/watches";
import { addressOf, sameSearch, savedFrom } from "./asked";

/** Tells, wherever I am, that a saved search of mine has found something; the search itself only shows it. */
export function WatchNews(): null {
  const client = useQueryClient();
  const navigate = useNavigate();
  const me = useMe()?.id;
  useLiveEvents(["muster.search_watch.matched."], ({ data }) => {
    if (me === undefined || data["owner_id"] !== me) return;
    const matches = typeof data["matches"] === "number" ? data["matches"] : 1;
    void client.invalidateQueries({ queryKey: ["search", "results"] });
    client
      .query({ ...watchesQuery, staleTime: 0 })
      .then(({ items }) => {
        const watch = items.find(({ id }) => id === data["watch_id"]);
        if (!watch) return;
        const onScreen = location.pathname === "/search" ? savedFrom(new URLSearchParams(location.search), worldStore.getState().world === "exercise") : null;
        if (onScreen && sameSearch(onScreen, watch.search)) return;
        const exercise = watch.search.exercise === true ? `${t("common.EXERCISE")} · ` : "";
        toast(exercise + t("search.news", { name: watch.name, count: matches }), {
          action: { label: t("search.show"), run: () => void navigate(addressOf(watch.search)) },
        });
      })
      // The badge follows when the list can be read again.
      .catch(() => undefined);
  });
  return null;
}
