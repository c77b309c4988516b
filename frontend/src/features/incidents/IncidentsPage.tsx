import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Columns3, List, Plus } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { useMay } from "@/auth/me";
import { STATUSES } from "@/components/meanings";
import { HeldPages } from "@/components/HeldPages";
import { Page } from "@/components/Page";
import { SearchBox } from "@/components/SearchBox";
import { Chip } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/field";
import { Empty } from "@/components/ui/states";
import { t } from "@/i18n";
import { useFilter } from "@/lib/search-params";
import { useExercise } from "@/lib/world";
import { incidentsQuery, kindsQuery, type IncidentFilter } from "./api/incidents";
import { HelpWaiting } from "./components/HelpWaiting";
import { IncidentBoard } from "./components/IncidentBoard";
import { IncidentTable } from "./components/IncidentTable";

/** Every incident of this world: a dense list or a board by status, filtered by the address. */
export default function IncidentsPage(): ReactNode {
  const exercise = useExercise();
  const may = useMay("incidents:declare");
  const { get, all, set } = useFilter();
  const board = get("view") === "board";
  const filter: IncidentFilter = { exercise, statuses: all("status"), kind: get("kind"), q: get("q") };
  return (
    <Page
      title={t("incidents.title")}
      aside={<HelpWaiting />}
      actions={
        <>
          <div role="group" aria-label={t("incidents.view")} className="flex">
            <Button className="rounded-e-none" aria-pressed={!board} look={board ? "plain" : "primary"} onClick={() => set({ view: null })}>
              <List aria-hidden />
              {t("incidents.list")}
            </Button>
            <Button className="rounded-s-none" aria-pressed={board} look={board ? "primary" : "plain"} onClick={() => set({ view: "board" })}>
              <Columns3 aria-hidden />
              {t("incidents.board")}
            </Button>
          </div>
          {may ? (
            <Button asChild look="primary">
              <Link to="/incidents/declare">
                <Plus aria-hidden />
                {t("incidents.declare")}
              </Link>
            </Button>
          ) : null}
        </>
      }
      className="flex flex-col bg-surface-1"
    >
      <Filters board={board} />
      {board ? <IncidentBoard filter={{ ...filter, statuses: [] }} /> : <Incidents filter={filter} />}
    </Page>
  );
}

function Filters({ board }: { board: boolean }): ReactNode {
  const { get, all, set } = useFilter();
  const kinds = useQuery(kindsQuery);
  const statuses = all("status");
  return (
    <div className="no-print flex flex-wrap items-center gap-2 border-b border-line px-3 py-2">
      <SearchBox label={t("incidents.search")} className="w-60 max-sm:w-full" />
      {board
        ? null
        : STATUSES.map((status) => (
            <Chip
              key={status}
              selected={statuses.includes(status)}
              onToggle={() => set({ status: statuses.includes(status) ? statuses.filter((s) => s !== status) : [...statuses, status] })}
            >
              {t(`common.status.${status}`)}
            </Chip>
          ))}
      <Select aria-label={t("incidents.kind")} value={get("kind") ?? ""} onChange={(e) => set({ kind: e.target.value })} className="w-auto max-w-48">
        <option value="">{t("incidents.anyKind")}</option>
        {kinds.data?.items.map(({ key, name }) => (
          <option key={key} value={key}>
            {name}
          </option>
        ))}
      </Select>
    </div>
  );
}

function Incidents({ filter }: { filter: IncidentFilter }): ReactNode {
  const query = useInfiniteQuery(incidentsQuery(filter));
  return (
    <HeldPages
      query={query}
      listKey={JSON.stringify(filter)}
      empty={
        <Empty
          title={t("incidents.emptyTitle")}
          action={
            <Button asChild look="primary">
              <Link to="/incidents/declare">{t("incidents.declare")}</Link>
            </Button>
          }
        >
          {t("incidents.emptyDetail")}
        </Empty>
      }
    >
      {(rows) => <IncidentTable incidents={rows} />}
    </HeldPages>
  );
}
