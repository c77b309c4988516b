import type { ReactNode } from "react";
import { Link } from "react-router";
import type { Alert } from "@/api/types";
import { SeverityMark } from "@/components/meanings";
import { Time } from "@/components/Time";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import { t } from "@/i18n";
import { cn } from "@/lib/cn";
import { placeOf, STATUSES_OF } from "../states";
import { useHazardName } from "../use-hazard-name";
import { AlertStatusMark, Expiry, MessageType, WorldMark } from "./marks";

/** Dense: thirty alerts on one screen, each with where it stands, how old it is and how long it still holds. */
export function AlertTable({ alerts }: { alerts: readonly Alert[] }): ReactNode {
  const hazardName = useHazardName();
  return (
    <Table label={t("alerts.title")}>
      <thead className="sticky top-0 z-5 bg-surface-1">
        <tr>
          <Th>{t("alerts.severity")}</Th>
          <Th className="max-sm:hidden">{t("alerts.state")}</Th>
          <Th>{t("alerts.headline")}</Th>
          <Th className="max-lg:hidden">{t("alerts.hazard")}</Th>
          <Th className="max-lg:hidden">{t("alerts.areas")}</Th>
          <Th className="max-md:hidden">{t("alerts.by")}</Th>
          <Th className="max-sm:hidden">{t("alerts.age")}</Th>
          <Th>{t("alerts.expires")}</Th>
        </tr>
      </thead>
      <tbody>
        {alerts.map((alert) => (
          <Tr key={alert.id} className={cn(STATUSES_OF.ended.includes(alert.status) && "text-ink-3")}>
            <Td>
              <SeverityMark severity={alert.severity} terse />
            </Td>
            <Td className="max-sm:hidden">
              <AlertStatusMark status={alert.status} />
            </Td>
            <Td className="w-full max-w-0 min-w-48 max-sm:min-w-36">
              <span className="flex items-center gap-2">
                <Link data-row to={placeOf(alert)} className="truncate font-medium hover:underline coarse:py-2.5">
                  {alert.headline}
                </Link>
                <MessageType type={alert.msg_type} number={alert.number} />
                <span className={cn(!alert.test && "hidden print:inline")}>
                  <WorldMark exercise={alert.exercise} test={alert.test} />
                </span>
              </span>
              {/* On a telephone four columns are too many: when it ends must be seen. */}
              <span className="block pb-1 text-xs sm:hidden">
                <AlertStatusMark status={alert.status} />
              </span>
            </Td>
            <Td className="whitespace-nowrap text-ink-2 max-lg:hidden">{hazardName(alert.hazard)}</Td>
            <Td className="max-w-48 truncate text-ink-2 max-lg:hidden">{alert.areas.filter(Boolean).join(", ") || "–"}</Td>
            <Td className="whitespace-nowrap text-ink-2 max-md:hidden">{(alert.approved_by ?? alert.submitted_by ?? alert.drafted_by).name}</Td>
            <Td className="whitespace-nowrap text-ink-3 max-sm:hidden">
              <Time at={alert.sent ?? alert.updated_at} />
            </Td>
            <Td className="tabular whitespace-nowrap">
              <Expiry alert={alert} />
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
