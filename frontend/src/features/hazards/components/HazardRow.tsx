import type { ReactNode } from "react";
import type { Hazard } from "@/api/types";
import { SEVERITY_SHAPE, severityColour } from "@/components/meanings";
import { Time } from "@/components/Time";
import { t } from "@/i18n";
import { cn } from "@/lib/cn";
import { magnitude } from "@/lib/units";

/** One line of the list beside the map: severity by shape, magnitude, where, how long ago. */
export const HazardRow = ({ hazard }: { hazard: Hazard }): ReactNode => (
  <span className={cn("flex w-full items-baseline gap-2", hazard.deleted && "line-through opacity-70")}>
    <span className="w-4 text-center" style={{ color: severityColour(hazard.severity) }}>
      <span aria-hidden>{SEVERITY_SHAPE[hazard.severity]}</span>
      <span className="sr-only">{t(`common.severity.${hazard.severity}`)}</span>
    </span>
    <span className="tabular w-7 font-semibold">{magnitude(hazard.magnitude)}</span>
    <span className="min-w-0 flex-1 truncate">{hazard.place ?? hazard.title}</span>
    <Time at={hazard.occurred_at} className="shrink-0 text-xs text-ink-3" />
  </span>
);
