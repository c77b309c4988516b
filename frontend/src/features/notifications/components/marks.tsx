import type { ReactNode } from "react";
import type { Broadcast, RecipientState } from "@/api/types";
import { Badge } from "@/components/ui/badge";
import { t } from "@/i18n";
import { cn } from "@/lib/cn";

const STANDS = {
  running: { shape: "●", colour: "text-accent" },
  stopped: { shape: "‖", colour: "text-warning" },
  superseded: { shape: "↻", colour: "text-ink-3" },
  finished: { shape: "✓", colour: "text-ink-2" },
} as const;

/** How a broadcast stands, by shape and word. */
export const BroadcastMark = ({ state, className }: { state: Broadcast["state"]; className?: string }): ReactNode => (
  <span className={cn("inline-flex items-center gap-1 font-medium whitespace-nowrap", STANDS[state].colour, className)}>
    <span aria-hidden>{STANDS[state].shape}</span>
    {t(`notifications.state.${state}`)}
  </span>
);

const BECAME: Record<RecipientState, { shape: string; colour: string }> = {
  pending: { shape: "○", colour: "text-ink-2" },
  sending: { shape: "◐", colour: "text-ink-2" },
  held: { shape: "◷", colour: "text-ink-2" },
  accepted: { shape: "✓", colour: "text-success" },
  delivered: { shape: "✓✓", colour: "text-success" },
  failed: { shape: "✕", colour: "text-danger" },
  in_doubt: { shape: "?", colour: "text-warning" },
  expired: { shape: "–", colour: "text-ink-3" },
  superseded: { shape: "↻", colour: "text-ink-3" },
  suppressed: { shape: "–", colour: "text-ink-3" },
};

/** What became of one message, by shape and word. */
export const RecipientMark = ({ state }: { state: RecipientState }): ReactNode => (
  <span title={t(`notifications.means.${state}`)} className={cn("inline-flex items-center gap-1.5 font-medium whitespace-nowrap", BECAME[state].colour)}>
    <span aria-hidden className="inline-block w-4 text-center">{BECAME[state].shape}</span>
    {t(`notifications.became.${state}`)}
  </span>
);

/** A test reaches nobody real and belongs to no exercise. */
export const TestMark = ({ status }: { status: string }): ReactNode => (status === "Test" ? <Badge tone="exercise">{t("alerts.TEST")}</Badge> : null);

/** Whether it goes to the sink: only what is real leaves the house. */
export const isPretend = ({ exercise, status }: Pick<Broadcast, "exercise" | "status">): boolean => exercise || status !== "Actual";
