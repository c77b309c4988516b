import { Copy, PenLine } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import type { Activity } from "@/api/types";
import { useMay } from "@/auth/me";
import { ExerciseMark } from "@/components/meanings";
import { Facts } from "@/components/Page";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import { t, tOr } from "@/i18n";
import { fullTime } from "@/lib/time";
import { isOfType } from "./groups";

export const isNote = (entry: Activity): boolean => isOfType(entry.type, "muster.note");

/** A note's whole text; its summary is cut. */
export const noteText = (entry: Activity): string => {
  const text = entry.data["text"];
  return typeof text === "string" ? text : entry.summary;
};

interface EntryDetailProps {
  entry: Activity;
  incident: string | undefined;
  onCorrect: (entry: Activity) => void;
  onShow: (id: string) => void;
}

/** One entry, down to its raw data and the hash that protects it. */
export function EntryDetail({ entry, incident, onCorrect, onShow }: EntryDetailProps): ReactNode {
  const mayWrite = useMay("activity:write");
  const corrects = entry.data["corrects"];
  return (
    <article className="flex flex-col gap-4" aria-label={entry.summary}>
      <div>
        <p className="text-sm text-ink-2">
          <span className="font-medium text-ink-1">{entry.actor?.name ?? t("activity.system")}</span>{" "}
          <Badge>{tOr(`activity.actor.${entry.actor?.kind ?? "system"}`, entry.actor?.kind ?? "")}</Badge> <ExerciseMark exercise={entry.exercise} />
        </p>
        <p className="mt-1 text-lg break-words whitespace-pre-wrap">{isNote(entry) ? noteText(entry) : entry.summary}</p>
        <div className="mt-2 flex flex-wrap gap-2 empty:hidden">
          {typeof corrects === "string" ? (
            <Button size="small" onClick={() => onShow(corrects)}>{t("activity.showCorrected")}</Button>
          ) : null}
          {isNote(entry) && mayWrite ? (
            <Button size="small" onClick={() => onCorrect(entry)}>
              <PenLine aria-hidden />
              {t("activity.correct")}
            </Button>
          ) : null}
        </div>
      </div>
      <div className="-m-3">
        <Facts
          facts={[
            [t("activity.happened"), <span key="t" className="tabular">{fullTime(entry.time)}</span>],
            ...(entry.recorded_at && entry.recorded_at !== entry.time
              ? ([[t("activity.writtenDown"), <span key="r" className="tabular">{fullTime(entry.recorded_at)}</span>]] as const)
              : []),
            ...(entry.incident_id
              ? ([[t("activity.incident"), <Link key="i" to={`/incidents/${entry.incident_id}`} className="text-accent underline">{incident ?? entry.incident_id}</Link>]] as const)
              : []),
            [t("activity.type"), <code key="y" className="text-xs">{entry.type}</code>],
            [t("activity.subject"), <code key="s" className="text-xs break-all">{entry.subject}</code>],
            [t("activity.sequence"), <span key="n" className="tabular">{entry.sequence}</span>],
            [t("activity.id"), <code key="d" className="text-xs break-all">{entry.id}</code>],
          ]}
        />
      </div>
      <section aria-label={t("activity.hash")}>
        <Heading text={t("activity.hash")} copy={entry.hash} name={t("activity.copyHash")} />
        <code className="block rounded-md bg-surface-2 p-2 text-xs break-all">{entry.hash ?? t("common.loading")}</code>
        <p className="mt-1 text-xs text-ink-3">{t("activity.hashWhy")}</p>
      </section>
      <section aria-label={t("activity.rawData")}>
        <Heading text={t("activity.rawData")} copy={JSON.stringify(entry.data, null, 2)} name={t("activity.copyData")} />
        <pre className="overflow-x-auto rounded-md bg-surface-2 p-2 text-xs leading-4">{JSON.stringify(entry.data, null, 2)}</pre>
      </section>
    </article>
  );
}

const Heading = ({ text, copy, name }: { text: string; copy: string | undefined; name: string }): ReactNode => (
  <div className="flex items-center justify-between">
    <h3 className="text-xs font-medium text-ink-3">{text}</h3>
    {copy ? (
      <Button
        look="quiet"
        size="small"
        aria-label={name}
        onClick={() => {
          void navigator.clipboard.writeText(copy);
          toast(t("common.copied"));
        }}
      >
        <Copy aria-hidden />
        {t("common.copy")}
      </Button>
    ) : null}
  </div>
);
