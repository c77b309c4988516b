import type { ReactNode } from "react";
import type { Ics214 } from "@/api/types";
import { useMe } from "@/auth/me";
import { Empty } from "@/components/ui/states";
import { t } from "@/i18n";
import { localTime, utcTime } from "@/lib/time";

const Box = ({ label, children, className = "" }: { label: string; children: ReactNode; className?: string }): ReactNode => (
  <div className={`min-w-0 border-s border-t border-line-strong/60 px-2 py-1 ${className}`}>
    <p className="text-xs text-ink-3">{label}</p>
    <div className="min-h-5 font-medium break-words">{children}</div>
  </div>
);

const cell = "border-s border-t border-line-strong/60 px-2 py-1 text-start align-top";

const Instant = ({ at }: { at: string }): ReactNode => (
  <time dateTime={at} className="block">
    {localTime(at)}
    <span className="block text-xs font-normal text-ink-3">{utcTime(at)}</span>
  </time>
);

/** Written down this much later than it happened is worth a word. */
const LATE_MS = 60_000;

/** The form as it is printed: the boxes of ICS 214, black on white on paper. */
export function Ics214Form({ form }: { form: Ics214 }): ReactNode {
  const organization = useMe()?.organization.name ?? "";
  return (
    <article aria-label={t("activity.ics214Title")} className="mx-auto my-4 max-w-4xl bg-surface-1 max-sm:my-0 sm:px-4 print:my-0 print:max-w-none print:px-0">
      {form.exercise ? <p className="exercise-band border border-line-strong/60 py-1 text-center font-bold tracking-widest">{t("common.EXERCISE")}</p> : null}
      <div className="border-e border-b border-line-strong/60">
        <div className="grid sm:grid-cols-2 print:grid-cols-2">
          <Box label={t("activity.incidentName")}>
            {form.incident_name || "–"}
            {form.incident_number ? <span className="tabular block text-xs font-normal text-ink-3">{form.incident_number}</span> : null}
          </Box>
          <Box label={t("activity.opPeriod")}>
            <div className="grid grid-cols-2 gap-2">
              <div>
                <span className="text-xs font-normal text-ink-3">{t("activity.dateFrom")}</span>
                {form.period_from ? <Instant at={form.period_from} /> : <p>{t("activity.open")}</p>}
              </div>
              <div>
                <span className="text-xs font-normal text-ink-3">{t("activity.dateTo")}</span>
                {form.period_to ? <Instant at={form.period_to} /> : <p>{t("activity.open")}</p>}
              </div>
            </div>
          </Box>
        </div>
        <div className="grid sm:grid-cols-3 print:grid-cols-3">
          <Box label={t("activity.name")}>{form.person.name || "–"}</Box>
          <Box label={t("activity.position")}>{form.person.position || "–"}</Box>
          <Box label={t("activity.homeAgency")}>{form.person.home_agency || "–"}</Box>
        </div>
        {form.resources.length > 0 ? (
          <table className="w-full border-collapse text-sm">
            <caption className="border-s border-t border-line-strong/60 px-2 py-1 text-start text-xs text-ink-3">{t("activity.resources")}</caption>
            <thead>
              <tr className="text-xs text-ink-3">
                <th scope="col" className={`${cell} font-medium`}>{t("activity.resourceName")}</th>
                <th scope="col" className={`${cell} font-medium`}>{t("activity.resourcePosition")}</th>
                <th scope="col" className={`${cell} font-medium`}>{t("activity.resourceAgency")}</th>
              </tr>
            </thead>
            <tbody>
              {form.resources.map((resource, index) => (
                <tr key={index} className="avoid-break">
                  <td className={cell}>{resource.name}</td>
                  <td className={cell}>{resource.position || "–"}</td>
                  <td className={cell}>{resource.home_agency || "–"}</td>
                </tr>
              ))}
            </tbody>
          </table>
        ) : null}
        <table className="w-full border-collapse text-sm">
          <caption className="border-s border-t border-line-strong/60 px-2 py-1 text-start text-xs text-ink-3">{t("activity.log")}</caption>
          <thead>
            <tr className="text-xs text-ink-3">
              <th scope="col" className={`${cell} w-36 font-medium sm:w-56 print:w-52`}>{t("activity.logTime")}</th>
              <th scope="col" className={`${cell} font-medium`}>{t("activity.logActivity")}</th>
            </tr>
          </thead>
          <tbody>
            {form.activities.map((line, index) => (
              <tr key={index} className="avoid-break">
                <td className={`${cell} tabular sm:whitespace-nowrap`}>
                  <Instant at={line.time} />
                </td>
                <td className={`${cell} break-words whitespace-pre-wrap`}>
                  {line.exercise && !form.exercise ? <span className="font-bold">{`${t("common.EXERCISE")} `}</span> : null}
                  {line.who ? <span className="font-medium">{`${line.who} `}</span> : null}
                  {line.activity}
                  {Date.parse(line.recorded_at) - Date.parse(line.time) > LATE_MS ? (
                    <span className="block text-xs text-ink-3">{`${t("activity.writtenDown")} ${localTime(line.recorded_at)}`}</span>
                  ) : null}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {form.truncated ? <p role="alert" className="border-s border-t border-line-strong/60 px-2 py-1 font-medium text-warning">{t("activity.truncated")}</p> : null}
        {form.activities.length === 0 ? (
          <Empty title={t("activity.ics214Empty")} className="border-s border-t border-line-strong/60">{t("activity.ics214EmptyDetail")}</Empty>
        ) : null}
        <div className="avoid-break grid sm:grid-cols-2 print:grid-cols-2">
          <Box label={t("activity.preparedBy")}>{form.prepared_by}</Box>
          <Box label={t("activity.preparedAt")}>
            <Instant at={form.prepared_at} />
          </Box>
        </div>
      </div>
      <p className="py-2 text-xs text-ink-3 max-sm:px-4">{t("activity.source", { organization: organization })}</p>
    </article>
  );
}
