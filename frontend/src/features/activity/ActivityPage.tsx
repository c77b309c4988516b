import { useQuery, useQueryClient } from "@tanstack/react-query";
import { FileText, PenLine, ShieldCheck } from "lucide-react";
import { useCallback, useEffect, useState, type ReactNode } from "react";
import { Link } from "react-router";
import type { Activity } from "@/api/types";
import { useMay, useMe } from "@/auth/me";
import { NewItems } from "@/components/HeldPages";
import { Page } from "@/components/Page";
import { QueryView } from "@/components/QueryView";
import { SidePanel } from "@/components/SidePanel";
import { Button } from "@/components/ui/button";
import { SkeletonRows } from "@/components/ui/skeleton";
import { Empty, Forbidden } from "@/components/ui/states";
import { t } from "@/i18n";
import { useHeldRows } from "@/lib/held-rows";
import { useFilter } from "@/lib/search-params";
import { useShortcut } from "@/lib/shortcuts";
import { useExercise } from "@/lib/world";
import { incidentsQuery } from "./api/choices";
import { EntryDetail } from "./EntryDetail";
import { Filters } from "./Filters";
import { useJournal, useJournalFilter } from "./journal";
import { NoteDialog } from "./NoteDialog";
import { Timeline } from "./Timeline";

/** The journal: what everybody did, as it happens. */
export default function ActivityPage(): ReactNode {
  const me = useMe();
  const may = useMay("activity:read");
  const mayWrite = useMay("activity:write");
  const mayAudit = useMay("activity:audit");
  const { filter } = useJournalFilter();
  const [note, setNote] = useState<{ corrects: Activity | null } | null>(null);
  useShortcut("w", "activity.shortcut.write", "act", () => setNote({ corrects: null }), mayWrite);
  const form = new URLSearchParams();
  if (filter.incidentId) form.set("incident", filter.incidentId);
  if (filter.personId) form.set("person", filter.personId);
  if (filter.since) form.set("since", filter.since);
  if (filter.until) form.set("until", filter.until);
  if (!me) return <Page title={t("activity.title")}>{<SkeletonRows rows={14} />}</Page>;
  if (!may) return <Page title={t("activity.title")}><Forbidden permission="activity:read" /></Page>;
  return (
    <Page
      title={t("activity.title")}
      className="flex flex-col overflow-hidden"
      actions={
        <>
          {mayAudit ? (
            <Button asChild>
              <Link to="/activity/integrity">
                <ShieldCheck aria-hidden />
                {t("activity.integrity")}
              </Link>
            </Button>
          ) : null}
          <Button asChild>
            <Link to={`/activity/ics-214?${form.toString()}`}>
              <FileText aria-hidden />
              {t("activity.ics214")}
            </Link>
          </Button>
          {mayWrite ? (
            <Button look="primary" onClick={() => setNote({ corrects: null })}>
              <PenLine aria-hidden />
              {t("activity.write")}
            </Button>
          ) : null}
        </>
      }
    >
      <JournalList onNote={(corrects) => setNote({ corrects })} />
      {note ? <NoteDialog corrects={note.corrects} onClose={() => setNote(null)} /> : null}
    </Page>
  );
}

function JournalList({ onNote }: { onNote: (corrects: Activity | null) => void }): ReactNode {
  const client = useQueryClient();
  const { get, set } = useFilter();
  const { filter, key, groups } = useJournalFilter();
  const { query, entries } = useJournal(filter);
  const { rows, waiting, letIn, reading } = useHeldRows(entries, key);
  const incidents = useQuery(incidentsQuery(useExercise()));
  const incidentName = (id: string): string | undefined => incidents.data?.items.find((incident) => incident.id === id)?.name;
  const selected = get("entry");
  const opened = selected ? entries.find((entry) => entry.id === selected) : undefined;
  const close = useCallback(() => set({ entry: null }), [set]);
  // The stream tells no hash; reading the list again does.
  const hashMissing = opened !== undefined && opened.hash === undefined;
  useEffect(() => {
    if (hashMissing) void client.invalidateQueries({ queryKey: ["journal", "pages"] });
  }, [hashMissing, client]);
  const filtered = groups.length > 0 || filter.incidentId !== null || filter.personId !== null || filter.since !== null || filter.until !== null;
  return (
    <div className="flex min-h-0 flex-1">
      <div className="flex min-w-0 flex-1 flex-col">
        <Filters />
        <div className="relative min-h-0 flex-1 overflow-y-auto" {...reading}>
          <NewItems count={waiting} onClick={letIn} />
          <QueryView query={query} loading={<SkeletonRows rows={16} />}>
            {() =>
              rows.length === 0 ? (
                query.isPlaceholderData ? (
                  <SkeletonRows rows={16} />
                ) : filtered ? (
                  <Empty title={t("activity.emptyFiltered")}>{t("activity.emptyFilteredDetail")}</Empty>
                ) : (
                  <Empty title={t("activity.empty")} action={<Button onClick={() => onNote(null)}>{t("activity.write")}</Button>}>
                    {t("activity.emptyDetail")}
                  </Empty>
                )
              ) : (
                <div role="region" aria-label={t("activity.timeline")}>
                  <Timeline entries={rows} selected={selected} incidentName={incidentName} />
                  <div className="p-4 text-center text-xs text-ink-3">
                    {query.hasNextPage ? (
                      <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{t("common.loadMore")}</Button>
                    ) : (
                      t("activity.oldest")
                    )}
                  </div>
                </div>
              )
            }
          </QueryView>
        </div>
      </div>
      {selected && query.data ? (
        <SidePanel name={selected} title={t("activity.entry")} onClose={close}>
          {opened ? (
            <EntryDetail entry={opened} incident={opened.incident_id ? incidentName(opened.incident_id) : undefined} onCorrect={onNote} onShow={(id) => set({ entry: id })} />
          ) : (
            <Empty title={t("activity.entryMissing")} className="p-0">{t("activity.entryMissingDetail")}</Empty>
          )}
        </SidePanel>
      ) : null}
    </div>
  );
}
