import { useQuery } from "@tanstack/react-query";
import { ListChecks } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { useMay, useMe } from "@/auth/me";
import { Section } from "@/components/Page";
import { QueryView } from "@/components/QueryView";
import { Time } from "@/components/Time";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { Empty, Forbidden } from "@/components/ui/states";
import { t } from "@/i18n";
import { broadcastOfQuery, broadcastQuery } from "../api/broadcasts";
import { AreaProgress } from "./AreaProgress";
import { BroadcastActs } from "./BroadcastActs";
import { Figures } from "./Figures";
import { BroadcastMark } from "./marks";
import { Answers, ByChannel } from "./Progress";

/** How the delivery of an alert goes, on the alert's own page. */
export function DeliveryProgress({ alertId }: { alertId: string }): ReactNode {
  const me = useMe();
  const may = useMay("notifications:read");
  const found = useQuery({ ...broadcastOfQuery(alertId), enabled: may });
  const broadcast = found.data?.items[0];
  if (me && !may) return <Section title={t("notifications.delivery")}><Forbidden permission="notifications:read" /></Section>;
  if (broadcast) return <Running key={broadcast.id} id={broadcast.id} />;
  return (
    <Section title={t("notifications.delivery")}>
      <QueryView query={found} loading={<Waiting />}>
        {() => <Empty title={t("notifications.awaited")}>{t("notifications.awaitedDetail")}</Empty>}
      </QueryView>
    </Section>
  );
}

const Waiting = (): ReactNode => (
  <div role="status" aria-label={t("common.loading")} className="flex flex-col gap-3 p-3">
    <Skeleton className="h-12" />
    <Skeleton className="h-11 max-sm:h-24" />
    <Skeleton className="h-28" />
  </div>
);

function Running({ id }: { id: string }): ReactNode {
  const log = useMay("notifications:recipients");
  const query = useQuery(broadcastQuery(id));
  return (
    <>
      <Section title={t("notifications.delivery")}>
        <QueryView query={query} loading={<Waiting />}>
          {(broadcast) => (
            <>
              <div className="flex flex-col gap-3 p-3">
                <p className="flex flex-wrap items-baseline gap-x-3 text-sm">
                  <BroadcastMark state={broadcast.state} />
                  <span className="text-ink-3">
                    {broadcast.state === "stopped" && broadcast.stopped_by ? t("notifications.stoppedBy", { name: broadcast.stopped_by }) : t("notifications.started")}{" "}
                    <Time at={broadcast.state === "stopped" ? broadcast.stopped_at : broadcast.created_at} />
                  </span>
                </p>
                <Figures counts={broadcast.counts} />
                <Answers broadcast={broadcast} />
                <div className="no-print flex flex-wrap gap-2">
                  <BroadcastActs broadcast={broadcast} />
                  <Button asChild>
                    <Link to={log ? `/notifications/${id}?tab=recipients` : `/notifications/${id}`}>
                      <ListChecks aria-hidden />
                      {t(log ? "notifications.openRecipients" : "notifications.openBroadcast")}
                    </Link>
                  </Button>
                </div>
              </div>
              <div className="border-t border-line">
                <ByChannel broadcast={broadcast} />
              </div>
            </>
          )}
        </QueryView>
      </Section>
      {query.data && query.data.by_area.length > 0 ? <AreaProgress broadcast={query.data} /> : null}
    </>
  );
}
