import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Eye, EyeOff } from "lucide-react";
import type { ReactNode } from "react";
import { asProblem } from "@/api/problem";
import type { IncidentDetail } from "@/api/types";
import { useMe } from "@/auth/me";
import { Button } from "@/components/ui/button";
import { Tooltip } from "@/components/ui/tooltip";
import { toast } from "@/components/ui/toast";
import { t } from "@/i18n";
import { incidentQuery, watchIncident } from "../api/incidents";

/** Who follows this incident, and the switch for oneself; it answers at once. */
export function Watching({ incident }: { incident: IncidentDetail }): ReactNode {
  const me = useMe();
  const client = useQueryClient();
  const { queryKey } = incidentQuery(incident.id);
  const watching = incident.watchers.some((w) => w.id === me?.id);
  const watch = useMutation({
    mutationFn: (wanted: boolean) => watchIncident(incident.id, wanted),
    onMutate: (wanted) => {
      client.setQueryData(queryKey, (before) => {
        if (!before || !me) return before;
        const others = before.watchers.filter((w) => w.id !== me.id);
        return { ...before, watchers: wanted ? [...others, { id: me.id, name: me.name }] : others };
      });
    },
    onError: (error) => toast(asProblem(error).message, { tone: "danger" }),
    onSettled: () => client.invalidateQueries({ queryKey }),
  });
  const names = incident.watchers.map((w) => w.name).join(", ");
  return (
    <div className="flex items-center gap-2">
      <Tooltip text={names || t("incidents.watchingNone")}>
        <button type="button" className="rounded px-1 text-xs text-ink-2">
          {incident.watchers.length === 0 ? t("incidents.watchingNone") : t("incidents.watching", { count: incident.watchers.length })}
          <span className="sr-only">: {names}</span>
        </button>
      </Tooltip>
      <Button className="no-print" aria-pressed={watching} onClick={() => watch.mutate(!watching)}>
        {watching ? <EyeOff aria-hidden /> : <Eye aria-hidden />}
        {t(watching ? "incidents.unwatch" : "incidents.watch")}
      </Button>
    </div>
  );
}
