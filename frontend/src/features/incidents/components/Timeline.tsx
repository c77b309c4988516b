import { useInfiniteQuery } from "@tanstack/react-query";
import { useState, type ReactNode, type SubmitEvent } from "react";
import type { Activity } from "@/api/types";
import { useMay } from "@/auth/me";
import { QueryView } from "@/components/QueryView";
import { Section } from "@/components/Page";
import { Time } from "@/components/Time";
import { Button } from "@/components/ui/button";
import { Field, Textarea } from "@/components/ui/field";
import { t } from "@/i18n";
import { cn } from "@/lib/cn";
import { useDraft } from "@/lib/use-draft";
import { useEdit } from "@/offline/use-edit";
import { timelineQuery } from "../api/work";

/** What happened in this incident, newest first, and a place to write down what the system cannot know. */
export function Timeline({ incidentId }: { incidentId: string }): ReactNode {
  const query = useInfiniteQuery(timelineQuery(incidentId));
  const may = useMay("activity:write");
  return (
    <Section title={t("incidents.timeline")}>
      {may ? <NoteForm incidentId={incidentId} /> : null}
      <QueryView query={query}>
        {({ pages }) => (
          <>
            {pages.every((page) => page.items.length === 0) ? <p className="p-3 text-sm text-ink-3">{t("incidents.timelineEmpty")}</p> : null}
            <ol className="flex flex-col">
              {pages.flatMap((page) => page.items).map((entry) => (
                <Entry key={entry.id} entry={entry} />
              ))}
            </ol>
            {query.hasNextPage ? (
              <Button look="quiet" className="m-2" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                {t("common.loadMore")}
              </Button>
            ) : null}
          </>
        )}
      </QueryView>
    </Section>
  );
}

const Entry = ({ entry }: { entry: Activity }): ReactNode => {
  const note = entry.type.startsWith("muster.note.");
  return (
    <li className="avoid-break flex gap-3 border-b border-line px-3 py-2 last:border-b-0">
      <Time at={entry.time} className="w-24 shrink-0 text-xs leading-5 text-ink-3 print:w-64" />
      <p className={cn("min-w-0 break-words", note && "border-s-2 border-accent ps-2")}>
        <span className="font-medium">{entry.actor?.name ?? t("incidents.system")}</span> {entry.summary}
      </p>
    </li>
  );
};

function NoteForm({ incidentId }: { incidentId: string }): ReactNode {
  const [{ text }, change, clear] = useDraft(`note.${incidentId}`, { text: "" });
  const [sent, setSent] = useState(0);
  const edit = useEdit(["activity", "incident", incidentId]);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const note = text.trim();
    if (!note) return;
    edit.mutate(
      { method: "POST", path: "/api/v1/activity/notes", body: { text: note, incident_id: incidentId }, label: t("incidents.noteLabel", { text: note }) },
      {
        onSuccess: () => {
          clear();
          setSent(sent + 1);
        },
      },
    );
  };
  return (
    <form onSubmit={submit} className="no-print flex items-end gap-2 border-b border-line p-3">
      <Field label={t("incidents.note")} className="flex-1" hideLabel>
        {(control) => (
          <Textarea
            {...control}
            key={sent}
            rows={1}
            className="min-h-8 coarse:min-h-11"
            maxLength={10000}
            placeholder={t("incidents.notePlaceholder")}
            value={text}
            onChange={(e) => change({ text: e.target.value })}
            onKeyDown={(e) => {
              if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) e.currentTarget.form?.requestSubmit();
            }}
          />
        )}
      </Field>
      <Button type="submit" look="primary" busy={edit.isPending} disabled={text.trim() === ""}>
        {t("incidents.addNote")}
      </Button>
    </form>
  );
}
