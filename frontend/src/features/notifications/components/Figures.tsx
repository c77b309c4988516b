import type { ReactNode } from "react";
import type { DeliveryCounts } from "@/api/types";
import { t } from "@/i18n";
import { cn } from "@/lib/cn";
import { number, percent, unsent } from "../counts";

/** How much of it is done, to be seen from two metres; the numbers stand beside it. */
export function CountsBar({ counts, className }: { counts: DeliveryCounts; className?: string }): ReactNode {
  const parts = [
    ["bg-success", counts.reached],
    ["bg-warning hatched", counts.in_doubt],
    ["bg-danger", counts.failed],
  ] as const;
  return (
    <div aria-hidden className={cn("flex h-2 overflow-hidden rounded-full bg-surface-2 print:border print:border-black", className)}>
      {parts.map(([look, count]) => (count > 0 ? <span key={look} className={cn("h-full", look)} style={{ width: `${(100 * count) / counts.recipients}%`, minWidth: 2 }} /> : null))}
    </div>
  );
}

interface FigureProps {
  label: string;
  shape: string;
  count: number;
  /** Its colour once there is one of them. */
  colour: string;
  hint: string;
}

const Figure = ({ label, shape, count, colour, hint }: FigureProps): ReactNode => (
  <div title={hint} className="min-w-0">
    <dt className="truncate text-xs text-ink-3">{label}</dt>
    <dd className={cn("tabular flex items-baseline gap-1 text-lg font-semibold", count > 0 ? colour : "text-ink-3")}>
      {count > 0 ? (
        <span aria-hidden className="text-sm">
          {shape}
        </span>
      ) : null}
      {number(count)}
    </dd>
  </div>
);

/** What became of all of them: always the same six numbers at the same place. */
export function Figures({ counts }: { counts: DeliveryCounts }): ReactNode {
  return (
    <div className="flex flex-col gap-3">
      <div>
        <p className="flex flex-wrap items-baseline gap-x-3">
          <span className="tabular text-xl font-semibold">{percent(counts)}</span>
          <span className="tabular text-sm text-ink-2">{t("notifications.reachedOf", { reached: counts.reached, recipients: counts.recipients })}</span>
        </p>
        <CountsBar counts={counts} className="mt-1.5" />
      </div>
      <dl className="grid grid-cols-[repeat(auto-fit,minmax(5.5rem,1fr))] gap-x-4 gap-y-2">
        <Figure label={t("notifications.reached")} shape="✓" count={counts.reached} colour="text-success" hint={t("notifications.reachedHint")} />
        <Figure label={t("notifications.failed")} shape="✕" count={counts.failed} colour="text-danger" hint={t("notifications.means.failed")} />
        <Figure label={t("notifications.inDoubt")} shape="?" count={counts.in_doubt} colour="text-warning" hint={t("notifications.means.in_doubt")} />
        <Figure label={t("notifications.waiting")} shape="○" count={counts.waiting} colour="text-ink-1" hint={t("notifications.means.pending")} />
        <Figure label={t("notifications.held")} shape="◷" count={counts.held} colour="text-ink-1" hint={t("notifications.means.held")} />
        <Figure label={t("notifications.notSent")} shape="–" count={unsent(counts)} colour="text-ink-1" hint={t("notifications.notSentDetail", { expired: counts.expired, superseded: counts.superseded, suppressed: counts.suppressed })} />
      </dl>
      {counts.recipients === 0 ? <p className="text-sm text-ink-2">{t("notifications.nobody")}</p> : null}
    </div>
  );
}
