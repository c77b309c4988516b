import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Columns3, Inbox, List, Map as MapIcon, Plus, Settings2 } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import type { Severity } from "@/api/types";
import { useMay, useMe } from "@/auth/me";
import { HeldPages } from "@/components/HeldPages";
import { SEVERITIES, SEVERITY_SHAPE, severityColour } from "@/components/meanings";
import { Page } from "@/components/Page";
import { SearchBox } from "@/components/SearchBox";
import { Chip } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/field";
import { SkeletonRows } from "@/components/ui/skeleton";
import { Empty, Forbidden } from "@/components/ui/states";
import { t } from "@/i18n";
import { chosenIncidentStore } from "@/lib/chosen-incident";
import { useFilter } from "@/lib/search-params";
import { useShortcut } from "@/lib/shortcuts";
import { useExercise } from "@/lib/world";
import { useNavigate } from "react-router";
import { alertsQuery, type AlertFilter } from "./api/alerts";
import { incidentsToChoose, termsQuery } from "./api/compose";
import { AlertBoard } from "./components/AlertBoard";
import { AlertMap } from "./components/AlertMap";
import { AlertTable } from "./components/AlertTable";
import { isStage, STAGES, STATUSES_OF } from "./states";

const isSeverity = (text: string): text is Severity => (SEVERITIES as readonly string[]).includes(text);

/** What the address asks for. */
function useAlertFilter(): AlertFilter {
  const exercise = useExercise();
  const { get, all } = useFilter();
  return {
    exercise,
    statuses: all("state").filter(isStage).flatMap((stage) => STATUSES_OF[stage]),
    severities: all("severity").filter(isSeverity),
    incident: get("incident"),
    q: get("q"),
    hazard: get("hazard"),
  };
}

/** Every alert of this world: what waits for someone, what is in force and how long still, what is over. */
export default function AlertsPage(): ReactNode {
  const me = useMe();
  const may = useMay("alerts:read");
  const mayDraft = useMay("alerts:draft");
  const mayManage = useMay("alerts:manage");
  const { get, set } = useFilter();
  const navigate = useNavigate();
  const view = VIEWS.find(({ name }) => name === get("view"))?.name ?? "list";
  const filter = useAlertFilter();
  useShortcut("n", "alerts.draft", "act", () => void navigate("/alerts/new"), mayDraft);
  if (!me) return <Page title={t("alerts.title")}><SkeletonRows rows={14} /></Page>;
  if (!may) return <Page title={t("alerts.title")}><Forbidden permission="alerts:read" /></Page>;
  return (
    <Page
      title={t("alerts.title")}
      actions={
        <>
          <Button asChild>
            <Link to="/alerts/received">
              <Inbox aria-hidden />
              {t("alerts.received")}
            </Link>
          </Button>
          {mayManage ? (
            <Button asChild size="icon">
              <Link to="/alerts/templates" aria-label={t("alerts.manage")}>
                <Settings2 />
              </Link>
            </Button>
          ) : null}
          <div role="group" aria-label={t("alerts.view")} className="flex">
            {VIEWS.map(({ name, label, icon: Icon }) => (
              <Button
                key={name}
                className="rounded-none first:rounded-s-md last:rounded-e-md"
                aria-pressed={view === name}
                look={view === name ? "primary" : "plain"}
                onClick={() => set({ view: name === "list" ? null : name, alert: null })}
              >
                <Icon aria-hidden />
                {t(label)}
              </Button>
            ))}
          </div>
          {mayDraft ? (
            <Button asChild look="primary">
              <Link to="/alerts/new">
                <Plus aria-hidden />
                {t("alerts.draft")}
              </Link>
            </Button>
          ) : null}
        </>
      }
      className="flex flex-col bg-surface-1"
    >
      <Filters board={view === "board"} />
      {view === "board" ? <AlertBoard filter={filter} /> : view === "map" ? <AlertMap filter={filter} empty={<Nothing />} /> : <Alerts filter={filter} />}
    </Page>
  );
}

const VIEWS = [
  { name: "list", label: "alerts.list", icon: List },
  { name: "board", label: "alerts.board", icon: Columns3 },
  { name: "map", label: "alerts.map", icon: MapIcon },
] as const;

const FILTERS = ["state", "severity", "hazard", "incident", "q"] as const;

function Filters({ board }: { board: boolean }): ReactNode {
  const { get, all, set } = useFilter();
  const stages = all("state");
  const severities = all("severity");
  const toggled = (list: readonly string[], one: string): readonly string[] => (list.includes(one) ? list.filter((each) => each !== one) : [...list, one]);
  return (
    <div className="no-print flex flex-wrap items-center gap-2 border-b border-line px-3 py-2">
      <SearchBox label={t("alerts.search")} className="w-44 max-sm:w-full" />
      {board
        ? null
        : STAGES.map((stage) => (
            <Chip key={stage} selected={stages.includes(stage)} onToggle={() => set({ state: toggled(stages, stage) })}>
              {t(`alerts.stage.${stage}`)}
            </Chip>
          ))}
      <span aria-hidden className="h-5 border-s border-line max-lg:hidden" />
      {SEVERITIES.filter((each) => each !== "Unknown").map((severity) => (
        <Chip key={severity} selected={severities.includes(severity)} onToggle={() => set({ severity: toggled(severities, severity) })}>
          <span aria-hidden style={{ color: severityColour(severity) }}>{SEVERITY_SHAPE[severity]}</span>
          {t(`common.severity.${severity}`)}
        </Chip>
      ))}
      <HazardChoice />
      <IncidentChoice />
      {FILTERS.some((name) => get(name) !== null) ? (
        <Button size="small" look="quiet" onClick={() => set(Object.fromEntries(FILTERS.map((name) => [name, null])))}>
          {t("common.clearFilters")}
        </Button>
      ) : null}
    </div>
  );
}

function HazardChoice(): ReactNode {
  const { get, set } = useFilter();
  const terms = useQuery(termsQuery).data?.items ?? [];
  return (
    <Select aria-label={t("alerts.hazard")} value={get("hazard") ?? ""} onChange={(e) => set({ hazard: e.target.value })} className="w-auto max-w-44">
      <option value="">{t("alerts.anyHazard")}</option>
      {terms.map(({ key, term }) => (
        <option key={key} value={key}>
          {term}
        </option>
      ))}
    </Select>
  );
}

function IncidentChoice(): ReactNode {
  const exercise = useExercise();
  const { get, set } = useFilter();
  const chosen = chosenIncidentStore((s) => s.chosen);
  const known = useQuery(incidentsToChoose(exercise)).data?.items ?? [];
  const wanted = get("incident") ?? "";
  const offered = [...known.map(({ id, name }) => ({ id, name })), ...(chosen?.exercise === exercise && !known.some(({ id }) => id === chosen.id) ? [chosen] : [])];
  return (
    <Select aria-label={t("alerts.incident")} value={wanted} onChange={(e) => set({ incident: e.target.value })} className="w-auto max-w-52">
      <option value="">{t("alerts.anyIncident")}</option>
      {wanted && !offered.some(({ id }) => id === wanted) ? <option value={wanted}>{t("alerts.thisIncident")}</option> : null}
      {offered.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </Select>
  );
}

/** Why the list is empty, and what fills it. */
function Nothing(): ReactNode {
  const may = useMay("alerts:draft");
  const { get } = useFilter();
  const narrowed = FILTERS.some((name) => get(name) !== null);
  return (
    <Empty
      title={t(narrowed ? "alerts.emptyFiltered" : "alerts.empty")}
      action={
        may && !narrowed ? (
          <Button asChild look="primary">
            <Link to="/alerts/new">{t("alerts.draft")}</Link>
          </Button>
        ) : null
      }
    >
      {t(narrowed ? "alerts.emptyFilteredDetail" : "alerts.emptyDetail")}
    </Empty>
  );
}

const Alerts = ({ filter }: { filter: AlertFilter }): ReactNode => (
  <HeldPages query={useInfiniteQuery(alertsQuery(filter))} listKey={JSON.stringify(filter)} empty={<Nothing />}>
    {(rows) => <AlertTable alerts={rows} />}
  </HeldPages>
);
