import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import type { AlertDetail } from "@/api/types";
import { Section } from "@/components/Page";
import { QueryView } from "@/components/QueryView";
import { Select } from "@/components/ui/field";
import { Skeleton } from "@/components/ui/skeleton";
import { t } from "@/i18n";
import { shortTime } from "@/lib/time";
import { alertQuery, versionsQuery } from "../api/alerts";
import { direction, whole, type Content } from "../content";
import { changes, compareWords, type Change } from "../difference";
import { partName, partText } from "../part-names";

/** The version that was handed over the time before: what a reviewer has seen already. */
export function lastSeen(alert: AlertDetail): number | null {
  const submissions = alert.entries.filter((entry) => entry.after === "in_review").map((entry) => entry.revision);
  const before = alert.status === "draft" ? submissions.at(-1) : submissions.at(-2);
  return before === undefined || before === alert.revision ? null : before;
}

/** What differs from what was seen before, part by part and word by word. */
export function Changes({ alert }: { alert: AlertDetail }): ReactNode {
  const versions = useQuery(versionsQuery(alert.id));
  const follows = useQuery({ ...alertQuery(alert.follows_id ?? ""), enabled: alert.follows_id !== null });
  const seen = lastSeen(alert);
  const usual = seen !== null ? String(seen) : alert.follows_id ? "message" : "";
  const [asked, setAsked] = useState<string | null>(null);
  const against = asked ?? usual;
  const older = (versions.data?.items ?? []).filter((version) => version.revision < alert.revision);
  const base: Content | null =
    against === "message" ? (follows.data ? whole(follows.data.content) : null) : wholeOr(older.find((version) => String(version.revision) === against)?.content);
  const after = whole(alert.content);
  return (
    <Section
      title={t("alerts.whatChanged")}
      actions={
        <Select aria-label={t("alerts.comparedWith")} className="w-auto max-w-md max-sm:max-w-48" value={against} onChange={(e) => setAsked(e.target.value)}>
          {usual === "" ? <option value="">{t("alerts.nothingBefore")}</option> : null}
          {alert.follows_id ? <option value="message">{t("alerts.messageBefore")}</option> : null}
          {older.toReversed().map((version) => (
            <option key={version.revision} value={version.revision}>
              {t(version.revision === seen ? "alerts.versionSeen" : "alerts.version", { revision: version.revision, name: version.written_by.name, time: shortTime(version.written_at) })}
            </option>
          ))}
        </Select>
      }
    >
      {against === "" ? (
        <p className="p-3 text-sm text-ink-2">{t("alerts.firstVersion")}</p>
      ) : (
        <QueryView query={versions} loading={<div className="p-3"><Skeleton className="h-24" /></div>}>
          {() => (base ? <Differences before={base} after={after} /> : <div className="p-3"><Skeleton className="h-24" /></div>)}
        </QueryView>
      )}
    </Section>
  );
}

const wholeOr = (content: Parameters<typeof whole>[0] | undefined): Content | null => (content ? whole(content) : null);

export function Differences({ before, after }: { before: Content; after: Content }): ReactNode {
  const found = changes(before, after);
  if (found.length === 0) return <p className="p-3 text-sm text-ink-3">{t("alerts.noChange")}</p>;
  return (
    <dl className="flex flex-col divide-y divide-line">
      {found.map((change) => (
        <div key={change.key} className="grid gap-x-4 gap-y-1 px-3 py-2 sm:grid-cols-[11rem_1fr]">
          <dt className="text-sm font-medium text-ink-2">{partName(change.key)}</dt>
          <dd className="min-w-0">
            <Difference change={change} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Difference({ change }: { change: Change }): ReactNode {
  const language = change.key.startsWith("/texts/") ? (change.key.split("/")[2] ?? "") : "";
  const before = partText(change.key, change.before);
  const after = partText(change.key, change.after);
  const words = language ? { lang: language, dir: direction(language) } : {};
  // What looks the same in words differs in its corners.
  if (before === after) return <p className="text-sm text-ink-2">{t("alerts.reshaped")}</p>;
  return (
    <p {...words} className="text-sm break-words whitespace-pre-wrap">
      {compareWords(before, after).map((piece, index) =>
        piece.kind === "kept" ? (
          <span key={index}>{piece.text}</span>
        ) : piece.kind === "gone" ? (
          <del key={index} className="rounded-sm bg-surface-2 text-ink-3 decoration-2">
            <span className="sr-only">{t("alerts.gone")} </span>
            {piece.text}
          </del>
        ) : (
          <ins key={index} className="rounded-sm bg-accent-soft font-medium text-ink-1 decoration-accent decoration-2 underline-offset-2">
            <span className="sr-only">{t("alerts.new")} </span>
            {piece.text}
          </ins>
        ),
      )}
    </p>
  );
}
