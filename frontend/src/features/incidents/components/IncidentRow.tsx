import type { ReactNode } from "react";
import type { Incident } from "@/api/types";
import { STATUS_SHAPE, statusColour } from "@/components/meanings";
import { Time } from "@/components/Time";
import { t } from "@/i18n";

/** One line of the list beside the map: an incident's status by shape, its name, how long ago it was declared. */
export const IncidentRow = ({ incident }: { incident: Incident }): ReactNode => (
  <span className="flex w-full items-baseline gap-2">
    <span className="w-4 text-center" style={{ color: statusColour(incident.status) }}>
      <span aria-hidden>{STATUS_SHAPE[incident.status]}</span>
      <span className="sr-only">{t(`common.status.${incident.status}`)}</span>
    </span>
    <span className="min-w-0 flex-1 truncate font-semibold">{incident.name}</span>
    <Time at={incident.declared_at} className="shrink-0 text-xs text-ink-3" />
  </span>
);
