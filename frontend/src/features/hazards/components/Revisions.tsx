import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { HazardRevision } from "@/api/types";
import { QueryView } from "@/components/QueryView";
import { Time } from "@/components/Time";
import { Badge } from "@/components/ui/badge";
import { t, tOr } from "@/i18n";
import { revisionsQuery } from "../api/hazards";

const written = (value: unknown): string => {
  if (value === null || value === undefined || value === "") return "–";
  return typeof value === "string" ? value : JSON.stringify(value);
};

/** Every revision the feed sent, newest first, with what changed from what to what. */
export function Revisions({ id }: { id: string }): ReactNode {
  const query = useQuery(revisionsQuery(id));
  return (
    <QueryView query={query}>
      {({ items }) => (
        <ol className="divide-y divide-line">
          {items
            .toSorted((a, b) => b.revision - a.revision)
            .map((revision) => (
              <Revision key={revision.revision} revision={revision} />
            ))}
        </ol>
      )}
    </QueryView>
  );
}

const Revision = ({ revision }: { revision: HazardRevision }): ReactNode => (
  <li className="avoid-break flex flex-col gap-2 p-3">
    <div className="flex flex-wrap items-center gap-2">
      <span className="font-medium">{t("hazards.revision", { revision: revision.revision })}</span>
      <Badge tone={revision.change === "deleted" ? "danger" : "neutral"}>{t(`hazards.change.${revision.change}`)}</Badge>
      <Time at={revision.seen_at} className="ms-auto text-xs text-ink-3" />
    </div>
    {revision.changes.length > 0 ? (
      <dl className="grid grid-cols-[minmax(7rem,auto)_1fr] gap-x-4 gap-y-1 text-sm">
        {revision.changes.map(({ field, from, to }) => (
          <div key={field} className="contents">
            <dt className="text-ink-3">{tOr(`hazards.field.${field}`, field)}</dt>
            <dd className="tabular min-w-0 break-words">
              <del className="text-ink-3">
                <span className="sr-only">{t("hazards.from")} </span>
                {written(from)}
              </del>
              <span aria-hidden> → </span>
              <ins className="font-medium no-underline">
                <span className="sr-only">{t("hazards.to")} </span>
                {written(to)}
              </ins>
            </dd>
          </div>
        ))}
      </dl>
    ) : revision.change === "updated" ? (
      <p className="text-sm text-ink-3">{t("hazards.noChanges")}</p>
    ) : null}
    <details className="no-print text-xs text-ink-3">
      <summary className="cursor-pointer py-0.5">{t("hazards.raw")}</summary>
      {/* A region that scrolls must be reachable by keyboard. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre tabIndex={0} className="mt-1 max-h-64 overflow-auto rounded bg-surface-2 p-2 text-ink-1">{JSON.stringify(revision.raw, null, 2)}</pre>
    </details>
  </li>
);
