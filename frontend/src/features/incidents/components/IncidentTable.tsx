import { Share2 } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import type { Incident } from "@/api/types";
import { ExerciseMark, SeverityMark, StatusMark } from "@/components/meanings";
import { Time } from "@/components/Time";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import { t } from "@/i18n";
import { useKindName } from "./kinds";

const complexity = (type: number | null): string => (type === null ? "–" : t("incidents.complexityType", { type }));

/** Dense: thirty incidents on one screen, each legible without opening it. */
export function IncidentTable({ incidents }: { incidents: readonly Incident[] }): ReactNode {
  const kindName = useKindName();
  return (
    <Table label={t("incidents.title")}>
      <thead className="sticky top-0 z-5 bg-surface-1">
        <tr>
          <Th>{t("incidents.status")}</Th>
          <Th>{t("incidents.name")}</Th>
          <Th className="max-md:hidden">{t("incidents.kind")}</Th>
          <Th className="max-lg:hidden">{t("incidents.severity")}</Th>
          <Th className="max-lg:hidden">{t("incidents.complexity")}</Th>
          <Th className="max-md:hidden">{t("incidents.commander")}</Th>
          <Th className="text-end max-lg:hidden">{t("incidents.objectives")}</Th>
          <Th className="text-end max-lg:hidden">{t("incidents.tasks")}</Th>
          <Th className="max-sm:hidden">{t("incidents.number")}</Th>
          <Th>{t("incidents.declared")}</Th>
        </tr>
      </thead>
      <tbody>
        {incidents.map((incident) => (
          <Tr key={incident.id}>
            <Td>
              <StatusMark status={incident.status} />
            </Td>
            <Td className="w-full max-w-0 min-w-48 max-sm:min-w-36">
              <span className="flex items-center gap-2">
                <Link data-row to={`/incidents/${incident.id}`} className="truncate font-medium hover:underline coarse:py-2.5">
                  {incident.name}
                </Link>
                {incident.shared ? <Share2 aria-label={t("incidents.shared")} className="size-3.5 shrink-0 text-ink-3" /> : null}
                <span className="hidden print:inline">
                  <ExerciseMark exercise={incident.exercise} />
                </span>
              </span>
            </Td>
            <Td className="whitespace-nowrap text-ink-2 max-md:hidden">{kindName(incident.kind)}</Td>
            <Td className="max-lg:hidden">{incident.severity ? <SeverityMark severity={incident.severity} /> : "–"}</Td>
            <Td className="whitespace-nowrap text-ink-2 max-lg:hidden">{complexity(incident.complexity_type)}</Td>
            <Td className="whitespace-nowrap text-ink-2 max-md:hidden">{incident.commander?.name ?? "–"}</Td>
            <Td className="tabular text-end max-lg:hidden">{incident.objectives_open}</Td>
            <Td className="tabular text-end max-lg:hidden">{incident.tasks_open}</Td>
            <Td className="tabular whitespace-nowrap text-ink-3 max-sm:hidden">{incident.number}</Td>
            <Td className="whitespace-nowrap text-ink-3">
              <Time at={incident.declared_at} />
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
