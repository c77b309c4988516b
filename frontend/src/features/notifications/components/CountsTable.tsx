import type { ReactNode } from "react";
import type { DeliveryCounts } from "@/api/types";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import { t } from "@/i18n";
import { cn } from "@/lib/cn";
import { number, percent, unsent } from "../counts";
import { CountsBar } from "./Figures";

interface Line {
  key: string;
  name: string;
  counts: DeliveryCounts;
}

/** The same numbers for each of some lines: the channels, or the areas. */
export const CountsTable = ({ label, head, lines }: { label: string; head: string; lines: readonly Line[] }): ReactNode => (
  <Table label={label}>
    <thead>
      <tr>
        <Th>{head}</Th>
        <Th className="text-end max-sm:px-2">{t("notifications.reached")}</Th>
        <Th className="max-sm:hidden">
          <span className="sr-only">{t("notifications.share")}</span>
        </Th>
        <Th className="text-end max-sm:px-2">{t("notifications.failed")}</Th>
        <Th className="text-end max-sm:px-2">{t("notifications.inDoubt")}</Th>
        <Th className="text-end max-sm:px-2">{t("notifications.waiting")}</Th>
        <Th className="text-end max-sm:hidden">{t("notifications.notSent")}</Th>
      </tr>
    </thead>
    <tbody>
      {lines.map(({ key, name, counts }) => (
        <Tr key={key}>
          <Td className="min-w-16 font-medium sm:min-w-36">{name}</Td>
          <Td className="tabular text-end whitespace-nowrap max-sm:px-2">
            {number(counts.reached)} <span className="text-ink-3">/ {number(counts.recipients)}</span>
            <span className="ms-2 inline-block w-10 text-ink-2 max-sm:sr-only">{percent(counts)}</span>
          </Td>
          <Td className="w-2/5 min-w-20 max-sm:hidden">
            <CountsBar counts={counts} />
          </Td>
          <Count count={counts.failed} colour="font-medium text-danger" />
          <Count count={counts.in_doubt} colour="font-medium text-warning" />
          <Count count={counts.waiting + counts.held} />
          <Count count={unsent(counts)} className="max-sm:hidden" />
        </Tr>
      ))}
    </tbody>
  </Table>
);

interface CountProps {
  count: number;
  /** Once there is one of them. */
  colour?: string;
  className?: string;
}

const Count = ({ count, colour, className }: CountProps): ReactNode => <Td className={cn("tabular text-end max-sm:px-2", count > 0 ? colour : "text-ink-3", className)}>{number(count)}</Td>;
