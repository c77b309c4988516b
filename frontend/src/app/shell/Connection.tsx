import { useState, type ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Time } from "@/components/Time";
import { t } from "@/i18n";
import { cn } from "@/lib/cn";
import { localClock } from "@/lib/time";
import { connectionStore } from "@/live/connection";
import { dropEdit, queueStore } from "@/offline/queue";

const DOT = {
  live: "bg-success",
  connecting: "bg-ink-3 animate-pulse",
  reconnecting: "bg-warning animate-pulse",
  offline: "bg-danger rounded-none",
} as const;

/** Live, reconnecting, or offline since when; and how many edits wait to be sent. */
export function Connection(): ReactNode {
  const { state, since } = connectionStore();
  const edits = queueStore((s) => s.edits);
  const [open, setOpen] = useState(false);
  const words =
    state === "offline"
      ? t("shell.connection.offline", { time: since === null ? "–" : localClock(new Date(since)) })
      : t(`shell.connection.${state}`);
  return (
    <div className="no-print flex shrink-0 items-center gap-2">
      <span role="status" aria-label={t("shell.connection")} className={cn("flex items-center gap-1.5 text-xs", state === "offline" ? "font-semibold text-danger" : "text-ink-2")}>
        <span aria-hidden className={cn("size-2 rounded-full", DOT[state])} />
        <span className={cn(state === "live" && "max-sm:sr-only")}>{words}</span>
      </span>
      {edits.length > 0 ? (
        <Button size="small" look={edits.some((e) => e.refused) ? "danger" : "plain"} onClick={() => setOpen(true)}>
          {t("shell.waiting", { count: edits.length })}
        </Button>
      ) : null}
      <Dialog open={open} onOpenChange={setOpen} title={t("shell.waitingTitle")} description={t("shell.waitingDetail")}>
        {edits.length === 0 ? <p>{t("shell.waitingNone")}</p> : null}
        <ul className="flex flex-col divide-y divide-line">
          {edits.map((edit) => (
            <li key={edit.key} className="flex items-center gap-3 py-2">
              <div className="min-w-0 flex-1">
                <p className="truncate">{edit.label}</p>
                <p className="text-xs text-ink-3">
                  <Time at={edit.at} />
                </p>
                {edit.refused ? <p className="text-xs font-medium text-danger">{t("shell.refused", { reason: edit.refused })}</p> : null}
              </div>
              <Button size="small" onClick={() => dropEdit(edit.key)}>{t("shell.discard")}</Button>
            </li>
          ))}
        </ul>
      </Dialog>
    </div>
  );
}
