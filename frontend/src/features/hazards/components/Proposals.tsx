import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { Link } from "react-router";
import { SEVERITIES, SeverityMark } from "@/components/meanings";
import { Time } from "@/components/Time";
import { Button } from "@/components/ui/button";
import { t } from "@/i18n";
import { useExercise } from "@/lib/world";
import { proposalsQuery } from "../api/feeds";
import { DeclareButton } from "./DeclareButton";
import { DismissProposal } from "./DismissProposal";

/** More than these wait behind a button: the list of hazards below stays in sight. */
const SHOWN = 3;

/** What the rules find worth an incident, worst first, until someone declares or dismisses it; quiet when there is nothing. */
export function Proposals(): ReactNode {
  const exercise = useExercise();
  const [all, setAll] = useState(false);
  const items = (useQuery(proposalsQuery).data?.items.filter((p) => p.hazard.exercise === exercise) ?? []).sort(
    ({ hazard: a }, { hazard: b }) =>
      SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || (b.magnitude ?? 0) - (a.magnitude ?? 0),
  );
  if (items.length === 0) return null;
  return (
    <section aria-label={t("hazards.proposals")} className="border-b border-line bg-warning-soft">
      <h2 className="px-3 pt-2 text-sm font-semibold text-warning">{t("hazards.proposals")}</h2>
      <ul>
        {(all ? items : items.slice(0, SHOWN)).map((proposal) => (
          <li key={proposal.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2">
            <SeverityMark severity={proposal.hazard.severity} />
            <div className="min-w-48 flex-1">
              <Link to={`/hazards/${proposal.hazard_id}`} className="font-medium hover:underline">
                {proposal.hazard.title}
              </Link>
              <p className="text-xs text-ink-2">
                {proposal.reason} · <Time at={proposal.hazard.occurred_at} />
              </p>
            </div>
            <div className="flex gap-2">
              <DeclareButton hazard={{ id: proposal.hazard_id, incident_id: null }} small />
              <DismissProposal id={proposal.id} small />
            </div>
          </li>
        ))}
      </ul>
      {items.length > SHOWN ? (
        <Button size="small" look="quiet" className="mx-1 mb-1" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? t("hazards.proposalsFewer") : t("hazards.proposalsAll", { count: items.length })}
        </Button>
      ) : null}
    </section>
  );
}
