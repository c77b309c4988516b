import { LifeBuoy, MapPin } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import type { HelpRequest } from "@/api/types";
import { useMay } from "@/auth/me";
import { Time } from "@/components/Time";
import { Button } from "@/components/ui/button";
import { t } from "@/i18n";
import { formatCoordinates, lonLat } from "@/lib/coordinates";
import type { HelpStep } from "./use-help-dialogs";

interface HelpCardProps {
  call: HelpRequest;
  onDecide: (call: HelpRequest, step: HelpStep) => void;
  /** Stands on the page of its incident, which need not be named again. */
  inIncident?: boolean;
}

/** What somebody wrote who was warned, where they are, and what is to be done about it. */
export function HelpCard({ call, onDecide, inIncident = false }: HelpCardProps): ReactNode {
  const may = useMay("incidents:work");
  const open = call.status === "open";
  return (
    <article aria-label={t("incidents.helpBy", { text: call.text })} className="flex flex-col gap-1 p-3">
      <p className="flex items-start gap-2">
        <LifeBuoy aria-hidden className={`mt-0.5 size-4 shrink-0 ${open ? "text-danger" : "text-ink-3"}`} />
        <span lang={call.language} dir="auto" className="min-w-0 flex-1 font-semibold break-words whitespace-pre-wrap">
          {call.text || t("incidents.helpWithoutWords")}
        </span>
        <Time at={call.asked_at} className="shrink-0 text-xs text-ink-3" />
      </p>
      <Place call={call} />
      <p className="text-xs text-ink-2">
        {t("incidents.helpAnswerTo")}{" "}
        <Link to={`/alerts/${call.alert_id}`} className="hover:underline">
          {call.headline}
        </Link>
      </p>
      {call.incident_id && call.incident_name && !inIncident ? (
        <Link to={`/incidents/${call.incident_id}`} className="self-start text-xs font-medium text-accent hover:underline coarse:py-2">
          {call.incident_name}
        </Link>
      ) : null}
      {open ? null : <Decided call={call} />}
      {open && may ? (
        <div className="no-print flex flex-wrap gap-2 pt-1">
          <Button data-row size="small" look="primary" aria-label={t("incidents.acceptHelpOf", { text: call.text })} onClick={() => onDecide(call, "accept")}>
            {t("incidents.acceptHelp")}
          </Button>
          <Button size="small" aria-label={t("incidents.dismissHelpOf", { text: call.text })} onClick={() => onDecide(call, "dismiss")}>
            {t("incidents.dismissHelp")}
          </Button>
        </div>
      ) : null}
    </article>
  );
}

function Place({ call }: { call: HelpRequest }): ReactNode {
  const at = lonLat(call.place);
  if (at === null) return <p className="text-xs text-ink-3">{t("incidents.helpNoPlace")}</p>;
  const { decimal, grid } = formatCoordinates(at);
  return (
    <p className="tabular flex flex-wrap items-center gap-x-2 text-xs text-ink-2">
      <MapPin aria-hidden className="size-3.5 text-ink-3" />
      <span>{decimal}</span>
      {grid ? <span className="text-ink-3">{grid}</span> : null}
      <Link to={`/?at=14/${at[1].toFixed(4)}/${at[0].toFixed(4)}${call.status === "open" ? `&open=help:${call.id}` : ""}`} className="no-print font-medium text-accent hover:underline coarse:py-2.5">
        {t("incidents.onMap")}
      </Link>
    </p>
  );
}

const Decided = ({ call }: { call: HelpRequest }): ReactNode => (
  <p className="text-xs text-ink-2">
    {t(call.status === "accepted" ? "incidents.helpAccepted" : "incidents.helpDismissed", { name: call.decided_by ?? "–" })} <Time at={call.decided_at} className="text-ink-3" />
    {call.reason ? <span className="block">{call.reason}</span> : null}
  </p>
);
