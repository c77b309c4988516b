import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { asProblem } from "@/api/problem";
import { useMay } from "@/auth/me";
import { Time } from "@/components/Time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import { toast } from "@/components/ui/toast";
import { t } from "@/i18n";
import { moveSubscription, type NotificationSubscription, type SubscriptionStatus } from "../api/subscriptions";

const TONES = { open: "accent", done: "success", withdrawn: "neutral" } as const;

/** What is needed, for what, since when; and the steps that lead on. */
export const SubscriptionTable = ({ subscriptions }: { subscriptions: readonly NotificationSubscription[] }): ReactNode => (
  <Table label={t("notification.list")}>
    <thead className="sticky top-0 z-5 bg-surface-1">
      <tr>
        <Th>{t("notification.status")}</Th>
        <Th>{t("notification.name")}</Th>
        <Th className="max-md:hidden">{t("notification.incident")}</Th>
        <Th className="max-md:hidden">{t("notification.openedBy")}</Th>
        <Th>{t("notification.opened")}</Th>
        <Th />
      </tr>
    </thead>
    <tbody>
      {subscriptions.map((one) => (
        <Tr key={one.id}>
          <Td className="whitespace-nowrap">
            <Badge tone={TONES[one.status]}>{t(`notification.status.${one.status}`)}</Badge>{" "}
            {one.overdue ? <Badge tone="warning">{t("notification.overdue")}</Badge> : null}
          </Td>
          <Td className="w-full max-w-0 min-w-36">
            <p className="truncate font-medium">{one.name}</p>
            {one.details ? <p className="truncate text-xs text-ink-2">{one.details}</p> : null}
          </Td>
          <Td className="whitespace-nowrap max-md:hidden">
            {one.incident_id ? (
              <Link to={`/incidents/${one.incident_id}`} className="hover:underline">
                {one.incident_name}
              </Link>
            ) : (
              "–"
            )}
          </Td>
          <Td className="whitespace-nowrap text-ink-2 max-md:hidden">{one.opened_by.name}</Td>
          <Td className="whitespace-nowrap text-ink-3">
            <Time at={one.opened_at} />
          </Td>
          <Td>
            <Steps subscription={one} />
          </Td>
        </Tr>
      ))}
    </tbody>
  </Table>
);

function Steps({ subscription }: { subscription: NotificationSubscription }): ReactNode {
  const may = useMay("notification:work");
  const client = useQueryClient();
  const move = useMutation({
    mutationFn: (status: SubscriptionStatus) => moveSubscription(subscription.id, status),
    onError: (error) => toast(asProblem(error).message),
    onSettled: () => client.invalidateQueries({ queryKey: ["notification"] }),
  });
  if (!may) return null;
  return (
    <span className="no-print flex justify-end gap-1">
      {subscription.next_statuses.map((status) => (
        <Button key={status} size="small" busy={move.isPending} onClick={() => move.mutate(status)}>
          {t(`notification.move.${status}`)}
          <span className="sr-only">: {subscription.name}</span>
        </Button>
      ))}
    </span>
  );
}
