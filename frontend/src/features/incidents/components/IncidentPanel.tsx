import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { ExerciseMark, SeverityMark, StatusMark } from "@/components/meanings";
import { QueryView } from "@/components/QueryView";
import { Button } from "@/components/ui/button";
import { t } from "@/i18n";
import { incidentQuery } from "../api/incidents";
import { IncidentFacts } from "./IncidentFacts";
import { StatusMoves } from "./StatusMoves";
import { Timeline } from "./Timeline";

/** An incident in the side panel of the map: its state, what can be done, the facts, what happened. */
export function IncidentPanel({ id }: { id: string }): ReactNode {
  const query = useQuery(incidentQuery(id));
  return (
    <QueryView query={query}>
      {(incident) => (
        <article className="flex flex-col" aria-label={incident.name}>
          <div className="flex flex-col gap-2 border-b border-line px-3 pt-1 pb-3">
            <h2 className="text-lg font-semibold">{incident.name}</h2>
            <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <StatusMark status={incident.status} />
              {incident.severity ? <SeverityMark severity={incident.severity} /> : null}
              <ExerciseMark exercise={incident.exercise} />
            </div>
            {incident.summary ? <p className="text-sm whitespace-pre-wrap text-ink-2">{incident.summary}</p> : null}
            <div className="flex flex-wrap gap-2">
              <Button asChild look="primary">
                <Link to={`/incidents/${incident.id}`}>{t("map.openPage")}</Link>
              </Button>
              <StatusMoves incident={incident} />
            </div>
          </div>
          <IncidentFacts incident={incident} />
          <div className="p-2">
            <Timeline incidentId={incident.id} />
          </div>
        </article>
      )}
    </QueryView>
  );
}
