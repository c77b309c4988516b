import type { ReactNode } from "react";
import type { ReceivedAlert } from "@/api/types";
import { FreshnessMark } from "@/components/meanings";
import { t } from "@/i18n";
import { age } from "@/lib/time";

const SHAPE: Record<ReceivedAlert["state"], string> = { in_force: "●", updated: "↻", cancelled: "⊘", notice: "–", expired: "✓" };

/** What a list says of an alert of others at this moment. */
export const ReceivedStateMark = ({ state }: { state: ReceivedAlert["state"] }): ReactNode => (
  <span className={`inline-flex items-center gap-1 font-medium whitespace-nowrap ${state === "in_force" ? "text-ink-1" : "text-ink-3"}`}>
    <span aria-hidden>{SHAPE[state]}</span>
    {t(`receivedAlerts.state.${state}`)}
  </span>
);

/** Where it comes from, and whether that source still brings news: what it says may have changed since. */
export const Source = ({ alert }: { alert: Pick<ReceivedAlert, "source" | "feed"> }): ReactNode => (
  <span className="inline-flex items-center gap-2 text-ink-2">
    <span className="max-w-48 truncate">{alert.feed?.name ?? (alert.source === "import" ? t("receivedAlerts.imported") : alert.source)}</span>
    {alert.feed && alert.feed.state !== "fresh" ? (
      <>
        <FreshnessMark state={alert.feed.state} />
        <span className="tabular text-xs text-ink-3">{age(alert.feed.age_seconds)}</span>
      </>
    ) : null}
  </span>
);
