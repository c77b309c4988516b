import { useQuery } from "@tanstack/react-query";
import { Pencil, Printer } from "lucide-react";
import { useEffect, useState, type ReactNode } from "react";
import { useParams } from "react-router";
import type { IncidentDetail } from "@/api/types";
import { ExerciseMark, SeverityMark, StatusMark } from "@/components/meanings";
import { Page, Section } from "@/components/Page";
import { QueryView } from "@/components/QueryView";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { Tabs } from "@/components/ui/tabs";
import { t } from "@/i18n";
import { chooseIncident } from "@/lib/chosen-incident";
import { useFilter } from "@/lib/search-params";
import { useShortcut } from "@/lib/shortcuts";
import { fullTime } from "@/lib/time";
import { incidentQuery } from "./api/incidents";
import { Command } from "./components/Command";
import { EditIncident } from "./components/EditIncident";
import { HelpOfIncident } from "./components/HelpWaiting";
import { IncidentFacts } from "./components/IncidentFacts";
import { Links } from "./components/Links";
import { Objectives } from "./components/Objectives";
import { Periods } from "./components/Periods";
import { Shares } from "./components/Shares";
import { StatusMoves } from "./components/StatusMoves";
import { Tasks } from "./components/Tasks";
import { Timeline } from "./components/Timeline";
import { useMayIn } from "./components/use-may-in";
import { Watching } from "./components/Watching";

const TABS = ["overview", "work", "command", "relations"] as const;
type TabName = (typeof TABS)[number];

/** One incident: what it is, who runs it, what must be done, what happened. */
export default function IncidentPage(): ReactNode {
  const { id = "" } = useParams();
  const query = useQuery(incidentQuery(id));
  return query.data ? (
    <Incident key={id} incident={query.data} query={query} />
  ) : (
    <Page title={t("incidents.title")}>
      <QueryView query={query} loading={<Loading />}>
        {() => null}
      </QueryView>
    </Page>
  );
}

const Loading = (): ReactNode => (
  <div role="status" aria-label={t("common.loading")} className="grid gap-4 p-4 lg:grid-cols-[1fr_22rem]">
    <Skeleton className="h-96" />
    <Skeleton className="h-80" />
  </div>
);

interface IncidentProps {
  incident: IncidentDetail;
  query: Parameters<typeof QueryView<IncidentDetail>>[0]["query"];
}

function Incident({ incident, query }: IncidentProps): ReactNode {
  const may = useMayIn(incident, "incidents:update");
  const { get, set } = useFilter();
  const [editing, setEditing] = useState(false);
  const asked = get("tab");
  const tab: TabName = TABS.find((name) => name === asked) ?? "overview";
  const { id, name, exercise } = incident;
  useEffect(() => chooseIncident({ id, name, exercise }), [id, name, exercise]);
  useShortcut("e", "shell.shortcut.edit", "act", () => setEditing(true), may);
  const open = incident.objectives.filter((o) => o.status === "open").length + incident.tasks.filter((k) => k.status === "open" || k.status === "in_progress").length;

  return (
    <Page
      title={incident.name}
      aside={
        <>
          <StatusMark status={incident.status} />
          {incident.severity ? <SeverityMark severity={incident.severity} /> : null}
          <ExerciseMark exercise={incident.exercise} />
          {incident.access === "read" ? <Badge>{t("incidents.sharedToRead")}</Badge> : null}
        </>
      }
      actions={
        <>
          <Watching incident={incident} />
          {may ? (
            <Button onClick={() => setEditing(true)}>
              <Pencil aria-hidden />
              {t("common.edit")}
            </Button>
          ) : null}
          <StatusMoves incident={incident} />
          <Button look="quiet" size="icon" aria-label={t("common.print")} onClick={() => print()}>
            <Printer />
          </Button>
        </>
      }
      className="p-3 sm:p-4"
    >
      <QueryView query={query}>
        {() => (
          <>
            <div className="print:hidden">
              <Tabs
                label={incident.name}
                value={tab}
                onChange={(next) => set({ tab: next === "overview" ? null : next })}
                tabs={[
                  {
                    name: "overview",
                    label: t("incidents.overview"),
                    content: (
                      <div className="flex flex-col gap-4">
                        <HelpOfIncident incidentId={incident.id} onlyOpen />
                        <Summary incident={incident} />
                        <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_25rem]">
                          <Timeline incidentId={incident.id} />
                          <Section title={t("incidents.facts")} className="max-lg:order-first">
                            <IncidentFacts incident={incident} />
                          </Section>
                        </div>
                      </div>
                    ),
                  },
                  {
                    name: "work",
                    label: t("incidents.work"),
                    count: open,
                    content: (
                      <div className="flex flex-col gap-4">
                        <Objectives incident={incident} />
                        <Tasks incident={incident} />
                        <HelpOfIncident incidentId={incident.id} />
                        <Periods incident={incident} />
                      </div>
                    ),
                  },
                  { name: "command", label: t("incidents.command"), count: incident.positions.filter((p) => !p.ended_at).length, content: <Command incident={incident} /> },
                  {
                    name: "relations",
                    label: t("incidents.relations"),
                    count: incident.links.length + incident.shares.length,
                    content: (
                      <div className="grid items-start gap-4 lg:grid-cols-2">
                        <Links incident={incident} />
                        <Shares incident={incident} />
                      </div>
                    ),
                  },
                ]}
              />
            </div>
            <Printed incident={incident} />
          </>
        )}
      </QueryView>
      {editing ? <EditIncident incident={incident} onClose={() => setEditing(false)} /> : null}
    </Page>
  );
}

const Summary = ({ incident }: { incident: IncidentDetail }): ReactNode =>
  incident.summary ? <p className="max-w-prose whitespace-pre-wrap">{incident.summary}</p> : null;

/** On paper the tabs follow one another: nothing is left on the screen. */
function Printed({ incident }: { incident: IncidentDetail }): ReactNode {
  const [printing, setPrinting] = useState(false);
  useEffect(() => {
    const media = matchMedia("print");
    const change = (): void => setPrinting(media.matches);
    const before = (): void => setPrinting(true);
    const after = (): void => setPrinting(false);
    media.addEventListener("change", change);
    addEventListener("beforeprint", before);
    addEventListener("afterprint", after);
    return () => {
      media.removeEventListener("change", change);
      removeEventListener("beforeprint", before);
      removeEventListener("afterprint", after);
    };
  }, []);
  if (!printing) return null;
  return (
    <div className="hidden flex-col gap-4 print:flex">
      <Summary incident={incident} />
      <Section title={t("incidents.facts")}>
        <IncidentFacts incident={incident} />
      </Section>
      <Command incident={incident} />
      <Periods incident={incident} />
      <Objectives incident={incident} />
      <Tasks incident={incident} />
      <HelpOfIncident incidentId={incident.id} onlyOpen />
      <Links incident={incident} />
      <Shares incident={incident} />
      <Timeline incidentId={incident.id} />
      <p className="text-xs">{t("incidents.printed", { time: fullTime(new Date().toISOString()) })} · Muster · {location.href}</p>
    </div>
  );
}
