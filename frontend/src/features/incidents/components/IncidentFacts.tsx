import type { ReactNode } from "react";
import { Link } from "react-router";
import type { IncidentDetail } from "@/api/types";
import { Coordinates } from "@/components/Coordinates";
import { SeverityMark } from "@/components/meanings";
import { Facts } from "@/components/Page";
import { Time } from "@/components/Time";
import { t, tOr } from "@/i18n";
import { lonLat } from "@/lib/coordinates";
import { useKindName } from "./kinds";

export function IncidentFacts({ incident }: { incident: IncidentDetail }): ReactNode {
  const kindName = useKindName();
  const at = lonLat(incident.location);
  const link = "text-accent underline underline-offset-2";
  return (
    <Facts
      facts={[
        [t("incidents.number"), <span key="number" className="tabular">{incident.number}</span>],
        [t("incidents.kind"), kindName(incident.kind)],
        [t("incidents.severity"), incident.severity ? <SeverityMark key="severity" severity={incident.severity} /> : null],
        [t("incidents.complexity"), incident.complexity_type === null ? null : t("incidents.complexityType", { type: incident.complexity_type })],
        [t("incidents.commander"), incident.commander?.name ?? t("incidents.noCommander")],
        [
          t("incidents.declared"),
          <span key="declared">
            <Time at={incident.declared_at} /> {t("incidents.declaredBy", { name: incident.declared_by.name })}
          </span>,
        ],
        ...(incident.closed_at
          ? [
              [
                t("incidents.closed"),
                <span key="closed">
                  <Time at={incident.closed_at} /> {incident.close_reason ? tOr(`incidents.reason.${incident.close_reason}`, incident.close_reason) : null}
                  {incident.close_note ? <span className="block text-ink-2">{incident.close_note}</span> : null}
                </span>,
              ] as const,
            ]
          : []),
        [t("incidents.organization"), incident.organization_name],
        [t("incidents.address"), incident.address],
        [
          t("incidents.location"),
          at ? (
            <div key="location">
              <Coordinates at={at} />
              <Link to={`/?at=10/${at[1].toFixed(4)}/${at[0].toFixed(4)}&open=incident:${incident.id}`} className={`no-print ${link}`}>
                {t("incidents.onMap")}
              </Link>
            </div>
          ) : null,
        ],
        [
          t("incidents.fromHazard"),
          incident.hazard_id ? (
            <Link key="hazard" to={`/hazards/${incident.hazard_id}`} className={link}>
              {t("incidents.openHazard")}
            </Link>
          ) : null,
        ],
        [t("incidents.updated"), <Time key="updated" at={incident.updated_at} />],
      ]}
    />
  );
}
