import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { ExerciseMark, StatusMark } from "@/components/meanings";
import { QueryView } from "@/components/QueryView";
import { Button } from "@/components/ui/button";
import { t } from "@/i18n";
import { incidentQuery } from "../api/incidents";

export function IncidentPanel({ id }: { id: string }): ReactNode {
  const query = useQuery(incidentQuery(id));
  return (
    <QueryView query={query}>
      {(incident) => (
        <article className="flex flex-col" aria-label={incident.name}>
          <div className="flex flex-col gap-2 border-b border-line px-3 pt-1 pb-3">
            <h2 className="text-lg font-semibold">{incident.name}</h2>
            <div className="flex flex-wrap items-center gap-2">
              <StatusMark status={incident.status} />
              <ExerciseMark exercise={incident.exercise} />
            </div>
            <Button asChild look="quiet">
              <Link to={`/incidents/${incident.id}`}>{t("map.openPage")}</Link>
            </Button>
          </div>
        </article>
      )}
    </QueryView>
  );
}
