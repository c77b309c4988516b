import { ExternalLink } from "lucide-react";
import type { ReactNode } from "react";
import type { Hazard } from "@/api/types";
import { useUnits } from "@/auth/me";
import { Coordinates } from "@/components/Coordinates";
import { SeverityMark } from "@/components/meanings";
import { Facts } from "@/components/Page";
import { Time } from "@/components/Time";
import { t, tOr } from "@/i18n";
import { lonLat } from "@/lib/coordinates";
import { distance, magnitude } from "@/lib/units";

/** What is known of a hazard, each with its source; what is not known is "–". */
export function HazardFacts({ hazard, mergedIds = [] }: { hazard: Hazard; mergedIds?: readonly string[] }): ReactNode {
  const units = useUnits();
  const at = lonLat(hazard.location);
  return (
    <Facts
      facts={[
        [t("hazards.severity"), <SeverityMark key="severity" severity={hazard.severity} />],
        [
          t("hazards.magnitude"),
          <span key="magnitude" className="tabular">
            {magnitude(hazard.magnitude)} {hazard.magnitude_type ?? ""}
          </span>,
        ],
        [t("hazards.occurred"), <Time key="occurred" at={hazard.occurred_at} />],
        [t("hazards.place"), hazard.place],
        [t("hazards.depth"), distance(hazard.depth_km, units)],
        [t("hazards.alertLevel"), hazard.alert_level ? tOr(`hazards.alert.${hazard.alert_level}`, hazard.alert_level) : null],
        [t("hazards.tsunami"), hazard.tsunami ? t("common.yes") : t("common.no")],
        [t("hazards.feltLabel"), hazard.felt === null ? null : t("hazards.felt", { count: hazard.felt })],
        [t("hazards.coordinates"), at ? <Coordinates key="at" at={at} /> : null],
        [t("hazards.reported"), <Time key="reported" at={hazard.reported_at} />],
        [t("hazards.firstSeen"), <Time key="seen" at={hazard.first_seen_at} />],
        [
          t("hazards.source"),
          <span key="source" className="flex flex-wrap items-center gap-x-2">
            <span className="uppercase">{hazard.feed}</span>
            <span className="text-ink-3">{hazard.external_id}</span>
            {hazard.url ? (
              <a href={hazard.url} target="_blank" rel="noreferrer" className="inline-flex items-center gap-1 text-accent underline underline-offset-2">
                {t("hazards.sourceLink")} <ExternalLink className="size-3.5" aria-hidden />
              </a>
            ) : null}
          </span>,
        ],
        ...(mergedIds.length > 0 ? [[t("hazards.merged"), mergedIds.join(", ")] as const] : []),
      ]}
    />
  );
}
