import type { ReactNode } from "react";
import type { Subscriber } from "@/api/types";
import { ExerciseMark } from "@/components/meanings";
import { Time } from "@/components/Time";
import { Badge } from "@/components/ui/badge";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import { t, tOr } from "@/i18n";
import { cn } from "@/lib/cn";
import { channelName } from "../words";

/** A subscriber by the first of their masked addresses: there is nothing else that names them. */
export const nameOf = ({ contacts }: Subscriber): string => contacts[0]?.masked ?? t("notifications.noContact");

const hazards = (groups: readonly string[] | null): string =>
  groups === null ? t("notifications.allHazards") : groups.map((group) => tOr(`hazards.kind.${group}`, group.replaceAll(/[-_]/g, " "))).join(", ");

/** Dense: thirty subscribers on one screen. */
export const SubscriberTable = ({ subscribers, acts }: { subscribers: readonly Subscriber[]; acts: (subscriber: Subscriber) => ReactNode }): ReactNode => (
  <Table label={t("notifications.subscribers")}>
    <thead className="sticky top-0 z-5 bg-surface-1">
      <tr>
        <Th>{t("notifications.subscriber")}</Th>
        <Th>{t("notifications.status")}</Th>
        <Th className="max-md:hidden">{t("notifications.kind")}</Th>
        <Th className="max-sm:hidden">{t("notifications.list")}</Th>
        <Th className="max-lg:hidden">{t("notifications.wants")}</Th>
        <Th className="max-lg:hidden">{t("notifications.placed")}</Th>
        <Th className="max-lg:hidden">{t("notifications.language")}</Th>
        <Th className="max-md:hidden">{t("notifications.since")}</Th>
        <Th>
          <span className="sr-only">{t("notifications.acts")}</span>
        </Th>
      </tr>
    </thead>
    <tbody>
      {subscribers.map((subscriber) => (
        <Tr key={subscriber.id} className={cn(subscriber.status === "paused" && "text-ink-3")}>
          <Td className="min-w-36">
            <ul>
              {subscriber.contacts.map((contact) => (
                <li key={contact.id} className="flex flex-wrap items-baseline gap-x-2">
                  <span className="tabular break-all">{contact.masked}</span>
                  <span className="text-xs text-ink-3">
                    {channelName(contact.channel)}
                    {contact.confirmed ? null : ` · ${t("notifications.unconfirmed")}`}
                  </span>
                </li>
              ))}
            </ul>
            {subscriber.contacts.length === 0 ? <span className="text-ink-3">{t("notifications.noContact")}</span> : null}
          </Td>
          <Td>
            {subscriber.status === "paused" ? <Badge tone="warning">{t("notifications.status.paused")}</Badge> : <span className="text-ink-2">{t(`notifications.status.${subscriber.status}`)}</span>}
          </Td>
          <Td className="whitespace-nowrap text-ink-2 max-md:hidden">{t(`notifications.kind.${subscriber.kind}`)}</Td>
          <Td className="max-w-56 truncate text-ink-2 max-sm:hidden">
            {subscriber.list_name ?? t(`notifications.source.${subscriber.source}`)}
            <span className="hidden print:inline">
              <ExerciseMark exercise={subscriber.exercise} />
            </span>
          </Td>
          <Td className="max-w-72 truncate text-ink-2 max-lg:hidden">
            {hazards(subscriber.hazards)} {t("notifications.fromSeverity", { severity: t(`common.severity.${subscriber.min_severity}`) })}
          </Td>
          <Td className="whitespace-nowrap text-ink-2 max-lg:hidden">{t(`notifications.placed.${subscriber.placed}`)}</Td>
          <Td className="text-ink-2 max-lg:hidden">{subscriber.language}</Td>
          <Td className="whitespace-nowrap text-ink-3 max-md:hidden">
            <Time at={subscriber.created_at} />
          </Td>
          <Td>{acts(subscriber)}</Td>
        </Tr>
      ))}
    </tbody>
  </Table>
);
