import { CircleHelp, Clock, ClockAlert, Dot } from "lucide-react";
import type { ReactNode } from "react";
import type { Feed, IncidentStatus, Severity } from "@/api/types";
import { t } from "@/i18n";
import { cn } from "@/lib/cn";
import { Badge } from "./ui/badge";

/** The shapes that go with each meaning; the map draws the same ones. */
export const SEVERITY_SHAPE: Record<Severity, string> = {
  Extreme: "◆",
  Severe: "▲",
  Moderate: "■",
  Minor: "●",
  Unknown: "○",
};

export const STATUS_SHAPE: Record<IncidentStatus, string> = {
  reported: "○",
  active: "●",
  demobilizing: "◐",
  closed: "✓",
};

export const SEVERITIES: readonly Severity[] = ["Extreme", "Severe", "Moderate", "Minor", "Unknown"];
export const STATUSES: readonly IncidentStatus[] = ["reported", "active", "demobilizing", "closed"];

/** The CSS variable that holds a meaning's colour in the present theme. */
export const severityColour = (severity: Severity): string => `var(--severity-${severity.toLowerCase()})`;
export const statusColour = (status: IncidentStatus): string => `var(--status-${status})`;

interface MeaningProps {
  className?: string;
}

/** CAP severity by colour, shape and word; where room is scarce, `terse` leaves the word to the ear. */
export const SeverityMark = ({ severity, className, terse = false }: MeaningProps & { severity: Severity | null; terse?: boolean }): ReactNode => {
  const known = severity ?? "Unknown";
  return (
    <span className={cn("inline-flex items-center gap-1 font-medium whitespace-nowrap", className)} style={{ color: severityColour(known) }}>
      <span aria-hidden>{SEVERITY_SHAPE[known]}</span>
      <span className={cn(terse && "max-sm:sr-only")}>{t(`common.severity.${known}`)}</span>
    </span>
  );
};

/** An incident's status by colour, shape and word. */
export const StatusMark = ({ status, className }: MeaningProps & { status: IncidentStatus }): ReactNode => (
  <span className={cn("inline-flex items-center gap-1 font-medium whitespace-nowrap", className)} style={{ color: statusColour(status) }}>
    <span aria-hidden>{STATUS_SHAPE[status]}</span>
    {t(`common.status.${status}`)}
  </span>
);

/** How old a source is: fresh, late (amber clock), stale (hatched), unknown. */
export const FreshnessMark = ({ state }: { state: Feed["state"] }): ReactNode => {
  const look = {
    fresh: { icon: <Dot aria-hidden />, tone: "success", extra: "" },
    late: { icon: <Clock aria-hidden />, tone: "warning", extra: "" },
    stale: { icon: <ClockAlert aria-hidden />, tone: "neutral", extra: "hatched" },
    unknown: { icon: <CircleHelp aria-hidden />, tone: "neutral", extra: "" },
  } as const;
  return (
    <Badge tone={look[state].tone} className={look[state].extra}>
      {look[state].icon}
      {t(`common.freshness.${state}`)}
    </Badge>
  );
};

/** On every record that belongs to an exercise. */
export const ExerciseMark = ({ exercise }: { exercise: boolean }): ReactNode =>
  exercise ? <Badge tone="exercise">{t("common.EXERCISE")}</Badge> : null;
