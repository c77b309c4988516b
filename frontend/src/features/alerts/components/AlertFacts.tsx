import type { ReactNode } from "react";
import { Link } from "react-router";
import type { AlertDetail } from "@/api/types";
import { SeverityMark } from "@/components/meanings";
import { Facts } from "@/components/Page";
import { Time } from "@/components/Time";
import { t } from "@/i18n";
import { direction, whole } from "../content";
import { languageName } from "../languages";
import { useHazardName } from "../use-hazard-name";
import { Expiry } from "./marks";

/** What an alert is, in the words of CAP; what is not known is "–". */
export function AlertFacts({ alert }: { alert: AlertDetail }): ReactNode {
  const hazardName = useHazardName();
  const content = whole(alert.content);
  return (
    <Facts
      facts={[
        [t("alerts.hazard"), hazardName(alert.hazard)],
        [t("alerts.severity"), <SeverityMark key="severity" severity={alert.severity} />],
        [t("alerts.urgency"), t(`alerts.urgency.${content.urgency}`)],
        [t("alerts.certainty"), t(`alerts.certainty.${content.certainty}`)],
        [t("alerts.response"), content.response_types.map((one) => t(`alerts.response.${one}`)).join(", ") || "–"],
        [t("alerts.categories"), content.categories.map((one) => t(`alerts.category.${one}`)).join(", ") || "–"],
        [t("alerts.areas"), content.areas.map((place) => place.description).filter(Boolean).join("; ") || "–"],
        ...(alert.sent ? [[t("alerts.sent"), <Time key="sent" at={alert.sent} />] as const] : []),
        ...(content.onset ? [[t("alerts.onset"), <Time key="onset" at={content.onset} />] as const] : []),
        [
          t("alerts.expires"),
          alert.expires ? (
            <Expiry key="expires" alert={alert} />
          ) : content.expires ? (
            <Time key="expires" at={content.expires} />
          ) : content.expires_after_minutes ? (
            t("alerts.afterPublishing", { minutes: content.expires_after_minutes })
          ) : (
            "–"
          ),
        ],
        [
          t("alerts.incident"),
          alert.incident_id ? (
            <Link key="incident" to={`/incidents/${alert.incident_id}`} className="text-accent underline underline-offset-2">
              {alert.incident_name ?? t("alerts.thisIncident")}
            </Link>
          ) : (
            "–"
          ),
        ],
        [t("alerts.draftedBy"), alert.drafted_by.name],
        ...(alert.submitted_by ? [[t("alerts.submittedBy"), alert.submitted_by.name] as const] : []),
        ...(alert.approved_by ? [[t("alerts.approvedBy"), alert.approved_by.name] as const] : []),
        ...(alert.identifier ? [[t("alerts.identifier"), <span key="identifier" className="text-xs break-all">{alert.identifier}</span>] as const] : []),
        ...(alert.sender ? [[t("alerts.sender"), <span key="sender" className="text-xs break-all">{alert.sender}</span>] as const] : []),
        ...(alert.identifier ? [[t("alerts.signed"), t(alert.signed ? "common.yes" : "common.no")] as const] : []),
      ]}
    />
  );
}

/** What it says, in each language as its readers see it. */
export function AlertTexts({ alert }: { alert: AlertDetail }): ReactNode {
  const { texts } = whole(alert.content);
  if (texts.length === 0) return <p className="p-3 text-sm text-ink-3">{t("alerts.noWords")}</p>;
  return (
    <div className="flex flex-col divide-y divide-line">
      {texts.map((words) => (
        <div key={words.language} className="flex flex-col gap-1.5 p-3">
          {texts.length > 1 ? <p className="text-xs font-medium text-ink-3">{languageName(words.language)}</p> : null}
          <div lang={words.language} dir={direction(words.language)} className="flex max-w-prose flex-col gap-1.5">
            <p className="font-semibold">{words.headline || words.event || "–"}</p>
            {words.description ? <p className="break-words whitespace-pre-wrap">{words.description}</p> : null}
            {words.instruction ? <p className="border-s-2 border-line-strong ps-2 font-medium break-words whitespace-pre-wrap">{words.instruction}</p> : null}
            {words.contact ? <p className="text-xs text-ink-2">{words.contact}</p> : null}
          </div>
        </div>
      ))}
    </div>
  );
}
