import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Navigate, useParams } from "react-router";
import { useMay, useMe } from "@/auth/me";
import { Page } from "@/components/Page";
import { QueryView } from "@/components/QueryView";
import { SkeletonRows } from "@/components/ui/skeleton";
import { Forbidden } from "@/components/ui/states";
import { t } from "@/i18n";
import { receivedOneQuery } from "./api/received";

/** The address that one alert of others keeps, whatever thread it is in: it leads to its place there. */
export default function ReceivedAlertPage(): ReactNode {
  const { id = "" } = useParams();
  const me = useMe();
  const may = useMay("alerts:read");
  const query = useQuery({ ...receivedOneQuery(id), enabled: may });
  return (
    <Page title={t("receivedAlerts.thread")}>
      {me && !may ? (
        <Forbidden permission="alerts:read" />
      ) : (
        <QueryView query={query} loading={<SkeletonRows rows={12} />}>
          {({ thread_id }) => <Navigate to={`/alerts/received/${thread_id}?alert=${id}`} replace />}
        </QueryView>
      )}
    </Page>
  );
}
