import { TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import type { Problem } from "@/api/problem";
import type { ImportedAlert } from "@/api/types";
import { ExerciseMark } from "@/components/meanings";
import { Facts, Section } from "@/components/Page";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { FormProblem, TraceId } from "@/components/ui/states";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import { t } from "@/i18n";
import { SignatureMark } from "./marks";

/** The API names the first reasons only. */
const MOST_REASONS = 50;
const LINE = /^line (\d+): (.*)$/s;

/** Why a document was not taken in: each reason with its line and its place. */
export function Refusal({ problem, name }: { problem: Problem; name: string }): ReactNode {
  const { errors } = problem;
  if (errors.length === 0) return <FormProblem error={problem} />;
  return (
    <Section title={t("receivedAlerts.importReasons", { name })}>
      <div role="alert" className="border-b border-line bg-danger-soft px-3 py-2 text-sm text-danger">
        <p className="font-medium">{t("receivedAlerts.importRefused")}</p>
        <p>{t("receivedAlerts.importRefusedDetail")}</p>
        {errors.length >= MOST_REASONS ? <p>{t("receivedAlerts.importMostReasons", { count: MOST_REASONS })}</p> : null}
        <TraceId problem={problem} />
      </div>
      <Table label={t("receivedAlerts.reasons")}>
        <thead>
          <tr>
            <Th>{t("receivedAlerts.line")}</Th>
            <Th>{t("receivedAlerts.reason")}</Th>
            <Th className="max-sm:hidden">{t("receivedAlerts.place")}</Th>
          </tr>
        </thead>
        <tbody>
          {errors.map(({ pointer, detail }, index) => {
            const [, line = "–", reason = detail] = LINE.exec(detail) ?? [];
            return (
              <Tr key={index}>
                <Td className="tabular align-baseline">{line}</Td>
                <Td className="w-full align-baseline break-words whitespace-normal">{reason}</Td>
                <Td className="align-baseline font-mono text-xs text-ink-2 max-sm:hidden">{pointer.slice(1) || "–"}</Td>
              </Tr>
            );
          })}
        </tbody>
      </Table>
    </Section>
  );
}

/** What a document became, alert by alert, with all that should make one look twice. */
export const Imported = ({ alerts, name }: { alerts: readonly ImportedAlert[]; name: string }): ReactNode => (
  <div className="flex flex-col gap-4">
    <h2 className="text-lg font-semibold">{t("receivedAlerts.imports", { count: alerts.length, name })}</h2>
    {alerts.map((alert) => (
      <One key={alert.id} alert={alert} />
    ))}
  </div>
);

const One = ({ alert }: { alert: ImportedAlert }): ReactNode => (
  <Section
    title={alert.headline}
    actions={
      <Button asChild size="small" look="primary">
        <Link to={`/alerts/received/${alert.thread_id}?alert=${alert.id}`}>{t("receivedAlerts.openThread")}</Link>
      </Button>
    }
  >
    {alert.signature === "broken" ? (
      <p role="alert" className="flex items-start gap-2 border-b border-line bg-danger-soft px-3 py-2 text-sm font-medium text-danger">
        <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
        {t("receivedAlerts.brokenSignature")}
      </p>
    ) : null}
    <Facts
      facts={[
        [
          t("receivedAlerts.signature"),
          <span key="signature" className="flex flex-col items-start gap-1">
            <SignatureMark state={alert.signature} />
            {alert.signature_detail ? <span className="text-xs text-ink-2">{alert.signature_detail}</span> : null}
          </span>,
        ],
        [
          t("receivedAlerts.state"),
          alert.repeated || alert.exercise ? (
            <span key="state" className="flex flex-wrap gap-1">
              {alert.repeated ? <Badge>{t("receivedAlerts.importRepeated")}</Badge> : null}
              <ExerciseMark exercise={alert.exercise} />
            </span>
          ) : (
            t("receivedAlerts.imported")
          ),
        ],
        [t("receivedAlerts.why"), `${t(`receivedAlerts.how.${alert.how}`)}: ${alert.why}`],
        [t("alerts.sender"), <span key="sender" className="break-all">{alert.sender}</span>],
        [t("alerts.identifier"), <span key="identifier" className="break-all">{alert.identifier}</span>],
        [t("receivedAlerts.capVersion"), alert.cap_version],
        [
          t("receivedAlerts.tolerated"),
          <Notes key="tolerated" none={t("receivedAlerts.toleratedNone")} notes={alert.tolerated.map(({ text, where }) => ({ text, where }))} />,
        ],
        [
          t("receivedAlerts.profiles"),
          <Notes
            key="profiles"
            none={t("receivedAlerts.profilesNone")}
            notes={alert.findings.map(({ profile, level, text, where }) => ({ text, where, lead: `${profile} · ${t(`receivedAlerts.level.${level}`)}`, grave: level !== "advice" }))}
          />,
        ],
      ]}
    />
  </Section>
);

interface Note {
  text: string;
  where: string;
  lead?: string;
  grave?: boolean;
}

const Notes = ({ notes, none }: { notes: readonly Note[]; none: string }): ReactNode =>
  notes.length === 0 ? (
    none
  ) : (
    <ul className="flex flex-col gap-1">
      {notes.map(({ text, where, lead, grave }, index) => (
        <li key={index}>
          {lead ? <span className={grave ? "text-xs font-medium text-warning" : "text-xs font-medium text-ink-2"}>{lead} </span> : null}
          {text} <span className="text-xs wrap-anywhere text-ink-3">{where}</span>
        </li>
      ))}
    </ul>
  );
