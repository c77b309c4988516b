import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { ExerciseMark } from "@/components/meanings";
import { QueryView } from "@/components/QueryView";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { t } from "@/i18n";
import { hazardQuery } from "../api/hazards";
import { DeclareButton } from "./DeclareButton";
import { DismissProposal } from "./DismissProposal";
import { HazardFacts } from "./HazardFacts";
import { Revisions } from "./Revisions";

/** A hazard in the side panel of the map: what it is, what to do, what is known, how it changed. */
export function HazardPanel({ id }: { id: string }): ReactNode {
  const query = useQuery(hazardQuery(id));
  return (
    <QueryView query={query}>
      {(hazard) => (
        <article className="flex flex-col" aria-label={hazard.title}>
          <div className="flex flex-col gap-2 border-b border-line px-3 pt-1 pb-3">
            <h2 className="text-lg font-semibold">{hazard.title}</h2>
            <div className="flex flex-wrap gap-1">
              <ExerciseMark exercise={hazard.exercise} />
              {hazard.deleted ? <Badge tone="danger">{t("hazards.deleted")}</Badge> : null}
              {hazard.incident_id ? <Badge tone="accent">{t("hazards.declared")}</Badge> : null}
              {hazard.proposal?.status === "open" ? <Badge tone="warning">{t("hazards.proposedBecause", { reason: hazard.proposal.reason })}</Badge> : null}
            </div>
            <div className="flex flex-wrap gap-2">
              <DeclareButton hazard={hazard} />
              {hazard.proposal?.status === "open" && !hazard.incident_id ? <DismissProposal id={hazard.proposal.id} /> : null}
              <Button asChild look="quiet">
                <Link to={`/hazards/${hazard.id}`}>{t("map.openPage")}</Link>
              </Button>
            </div>
          </div>
          <HazardFacts hazard={hazard} mergedIds={hazard.merged_ids} />
          <h3 className="border-t border-line px-3 pt-3 text-sm font-semibold">{t("hazards.revisions")}</h3>
          <Revisions id={hazard.id} />
        </article>
      )}
    </QueryView>
  );
}
