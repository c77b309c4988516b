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
import { moveWatch, type SearchWatch, type WatchStatus } from "../api/watches";

const TONES = { open: "accent", done: "success", withdrawn: "neutral" } as const;

/** What is needed, for what, since when; and the steps that lead on. */
export const WatchTable = ({ watches }: { watches: readonly SearchWatch[] }): ReactNode => (
  <Table label={t("search.list")}>
    <thead className="sticky top-0 z-5 bg-surface-1">
      <tr>
        <Th>{t("search.status")}</Th>
        <Th>{t("search.name")}</Th>
        <Th className="max-md:hidden">{t("search.incident")}</Th>
        <Th className="max-md:hidden">{t("search.openedBy")}</Th>
        <Th>{t("search.opened")}</Th>
        <Th />
      </tr>
    </thead>
    <tbody>
      {watches.map((one) => (
        <Tr key={one.id}>
          <Td className="whitespace-nowrap">
            <Badge tone={TONES[one.status]}>{t(`search.status.${one.status}`)}</Badge>{" "}
            {one.overdue ? <Badge tone="warning">{t("search.overdue")}</Badge> : null}
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
            <Steps watch={one} />
          </Td>
        </Tr>
      ))}
    </tbody>
  </Table>
);

function Steps({ watch }: { watch: SearchWatch }): ReactNode {
  const may = useMay("search:work");
  const client = useQueryClient();
  const move = useMutation({
    mutationFn: (status: WatchStatus) => moveWatch(watch.id, status),
    onError: (error) => toast(asProblem(error).message),
    onSettled: () => client.invalidateQueries({ queryKey: ["search"] }),
  });
  if (!may) return null;
  return (
    <span className="no-print flex justify-end gap-1">
      {watch.next_statuses.map((status) => (
        <Button key={status} size="small" busy={move.isPending} onClick={() => move.mutate(status)}>
          {t(`search.move.${status}`)}
          <span className="sr-only">: {watch.name}</span>
        </Button>
      ))}
    </span>
  );
}
