import { Clock, ShieldAlert, ShieldCheck, ShieldOff, ShieldQuestionMark } from "lucide-react";
import type { ReactNode } from "react";
import type { Alert, AlertStatus } from "@/api/types";
import { ExerciseMark } from "@/components/meanings";
import { useNow } from "@/components/Time";
import { Badge } from "@/components/ui/badge";
import { Tooltip } from "@/components/ui/tooltip";
import { t, tOr } from "@/i18n";
import { cn } from "@/lib/cn";
import { fullTime, shortTime } from "@/lib/time";
import { remaining } from "../remaining";
import type { Stage } from "../states";

const SHAPE: Record<AlertStatus, string> = {
  draft: "○", in_review: "◐", approved: "◉", published: "●", updated: "↻", cancelled: "⊘", expired: "✓", rejected: "✕",
};

const COLOUR: Record<AlertStatus, string> = {
  draft: "var(--ink-2)", in_review: "var(--accent)", approved: "var(--success)", published: "var(--ink-1)",
  updated: "var(--ink-3)", cancelled: "var(--ink-3)", expired: "var(--ink-3)", rejected: "var(--ink-3)",
};

/** Where an alert stands, by shape and word. */
export const AlertStatusMark = ({ status, className }: { status: AlertStatus; className?: string }): ReactNode => (
  <span className={cn("inline-flex items-center gap-1 font-medium whitespace-nowrap", className)} style={{ color: COLOUR[status] }}>
    <span aria-hidden>{SHAPE[status]}</span>
    {t(`alerts.status.${status}`)}
  </span>
);

const STAGE_SHAPE: Record<Stage, string> = { draft: "○", in_review: "◐", approved: "◉", in_force: "●", ended: "✓" };

export const StageName = ({ stage }: { stage: Stage }): ReactNode => (
  <span className="inline-flex items-center gap-1.5">
    <span aria-hidden className="text-ink-3">{STAGE_SHAPE[stage]}</span>
    {t(`alerts.stage.${stage}`)}
  </span>
);

/** An Update or a Cancel says so; a first Alert needs no word. */
export const MessageType = ({ type, number }: { type: Alert["msg_type"]; number?: number | null }): ReactNode =>
  type === "Alert" ? null : (
    <Badge>
      {t(`alerts.type.${type}`)}
      {number ? ` · ${number}` : ""}
    </Badge>
  );

/** What is not real says so. */
export const WorldMark = ({ exercise, test }: { exercise: boolean; test: boolean }): ReactNode => (
  <>
    <ExerciseMark exercise={exercise} />
    {test ? <Badge tone="exercise">{t("alerts.TEST")}</Badge> : null}
  </>
);

/** How long an alert still holds, counting down in words; the last quarter of an hour has a clock. */
export function Expiry({ alert, className }: { alert: Pick<Alert, "status" | "expires" | "ended_at">; className?: string }): ReactNode {
  const now = useNow();
  const { expires, ended_at: ended, status } = alert;
  if (ended && status !== "published") return <Moment at={ended} className={className}>{t("alerts.endedAt", { time: shortTime(ended, new Date(now)) })}</Moment>;
  if (!expires) return <span className={cn("text-ink-3", className)}>–</span>;
  const left = Date.parse(expires) - now;
  const soon = left > 0 && left < SOON_MS;
  return (
    <Moment at={expires} className={cn("whitespace-nowrap", soon && "font-medium text-warning", className)}>
      {soon ? <Clock aria-hidden className="me-1 inline size-3.5 align-[-2px]" /> : null}
      {left > 0 ? remaining(left) : t("alerts.endedAt", { time: shortTime(expires, new Date(now)) })}
    </Moment>
  );
}

const SOON_MS = 15 * 60_000;

const Moment = ({ at, className, children }: { at: string; className?: string | undefined; children: ReactNode }): ReactNode => (
  <Tooltip text={fullTime(at)}>
    <time dateTime={at} className={className}>
      {children}
    </time>
  </Tooltip>
);

export type SignatureState = "verified" | "unverified" | "broken" | "none";

const SIGNATURE = {
  verified: { icon: ShieldCheck, tone: "success" },
  unverified: { icon: ShieldQuestionMark, tone: "neutral" },
  broken: { icon: ShieldAlert, tone: "danger" },
  none: { icon: ShieldOff, tone: "neutral" },
} as const;

/** Whether an alert is from whom it says: a shape and a word. Broken is the one that must not be overlooked. */
export function SignatureMark({ state }: { state: string }): ReactNode {
  const { icon: Icon, tone } = SIGNATURE[state in SIGNATURE ? (state as SignatureState) : "none"];
  return (
    <Badge tone={tone} className={cn(state === "broken" && "outline outline-danger")}>
      <Icon aria-hidden />
      {tOr(`alerts.signature.${state}`, state)}
    </Badge>
  );
}

