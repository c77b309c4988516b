import { useQuery } from "@tanstack/react-query";
import { MapPin } from "lucide-react";
import type { ReactNode } from "react";
import { Link, useParams } from "react-router";
import type { HazardDetail } from "@/api/types";
import { ExerciseMark, SeverityMark } from "@/components/meanings";
import { Page, Section } from "@/components/Page";
import { QueryView } from "@/components/QueryView";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { t } from "@/i18n";
import { lonLat } from "@/lib/coordinates";
import { hazardQuery } from "./api/hazards";
import { DeclareButton } from "./components/DeclareButton";
import { DismissProposal } from "./components/DismissProposal";
import { HazardFacts } from "./components/HazardFacts";
import { Revisions } from "./components/Revisions";

/** One hazard: its facts with their source and age, every revision, and the way to an incident. */
export default function HazardPage(): ReactNode {
  const { id = "" } = useParams();
  const query = useQuery(hazardQuery(id));
  const hazard = query.data;
  return (
    <Page
      title={hazard?.title ?? t("hazards.title")}
      aside={hazard ? <Marks hazard={hazard} /> : null}
      actions={hazard ? <Actions hazard={hazard} /> : null}
      className="p-3 sm:p-4"
    >
      <QueryView
        query={query}
        loading={
          <div className="grid gap-4 lg:grid-cols-2">
            <Skeleton className="h-96" />
            <Skeleton className="h-64" />
          </div>
        }
      >
        {(data) => (
          <div className="grid items-start gap-4 lg:grid-cols-2">
            <Section title={t("hazards.event")}>
              {data.deleted ? <p className="p-3 font-medium text-danger">{t("hazards.deletedDetail")}</p> : null}
              {data.merged_into ? (
                <p className="p-3 font-medium">
                  {t("hazards.mergedInto")}{" "}
                  <Link to={`/hazards/${data.merged_into}`} className="text-accent underline underline-offset-2">
                    {t("hazards.openMerged")}
                  </Link>
                </p>
              ) : null}
              <HazardFacts hazard={data} mergedIds={data.merged_ids} />
            </Section>
            <Section title={t("hazards.revisions")}>
              <Revisions id={data.id} />
            </Section>
          </div>
        )}
      </QueryView>
    </Page>
  );
}

const Marks = ({ hazard }: { hazard: HazardDetail }): ReactNode => (
  <>
    <SeverityMark severity={hazard.severity} />
    <ExerciseMark exercise={hazard.exercise} />
    {hazard.deleted ? <Badge tone="danger">{t("hazards.deleted")}</Badge> : null}
    {hazard.incident_id ? <Badge tone="accent">{t("hazards.declared")}</Badge> : null}
    {hazard.proposal?.status === "open" ? <Badge tone="warning">{t("hazards.proposedBecause", { reason: hazard.proposal.reason })}</Badge> : null}
  </>
);

function Actions({ hazard }: { hazard: HazardDetail }): ReactNode {
  const at = lonLat(hazard.location);
  return (
    <>
      {at ? (
        <Button asChild look="quiet">
          <Link to={`/?at=9/${at[1].toFixed(4)}/${at[0].toFixed(4)}&open=hazard:${hazard.id}`}>
            <MapPin aria-hidden />
            {t("hazards.onMap")}
          </Link>
        </Button>
      ) : null}
      {hazard.proposal?.status === "open" && !hazard.incident_id ? <DismissProposal id={hazard.proposal.id} /> : null}
      <DeclareButton hazard={hazard} />
    </>
  );
}
