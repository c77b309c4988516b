import { useInfiniteQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState, type ReactNode } from "react";
import { useMay } from "@/auth/me";
import { Page } from "@/components/Page";
import { QueryView } from "@/components/QueryView";
import { Chip } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { SkeletonRows } from "@/components/ui/skeleton";
import { Empty } from "@/components/ui/states";
import { t } from "@/i18n";
import { useHeldRows } from "@/lib/held-rows";
import { useFilter } from "@/lib/search-params";
import { useExercise } from "@/lib/world";
import { alertsQuery, type AlertFilter } from "./api/alerts";
import { OpenAlert } from "./components/OpenAlert";
import { AlertTable } from "./components/AlertTable";

/** The alerts of this world, newest first, filtered by the address; a form to open one. */
export default function AlertManagementPage(): ReactNode {
  const exercise = useExercise();
  const may = useMay("alert-management:work");
  const { get, set } = useFilter();
  const [opening, setOpening] = useState(false);
  const onlyOpen = get("status") === "open";
  return (
    <Page
      title={t("alertManagement.title")}
      actions={
        may && !opening ? (
          <Button look="primary" onClick={() => setOpening(true)}>
            <Plus aria-hidden />
            {t("alertManagement.open")}
          </Button>
        ) : null
      }
      className="bg-surface-1"
    >
      {opening ? <OpenAlert onClose={() => setOpening(false)} /> : null}
      <div className="no-print flex border-b border-line px-3 py-2">
        <Chip selected={onlyOpen} onToggle={() => set({ status: onlyOpen ? null : "open" })}>
          {t("alertManagement.onlyOpen")}
        </Chip>
      </div>
      <Alerts filter={{ exercise, ...(onlyOpen ? { status: "open" as const } : {}) }} />
    </Page>
  );
}

function Alerts({ filter }: { filter: AlertFilter }): ReactNode {
  const query = useInfiniteQuery(alertsQuery(filter));
  const incoming = query.data?.pages.flatMap((page) => page.items) ?? [];
  const { rows, waiting, letIn, reading } = useHeldRows(incoming, JSON.stringify(filter));
  return (
    <QueryView query={query} loading={<SkeletonRows rows={12} />}>
      {() =>
        rows.length === 0 ? (
          <Empty title={t("alertManagement.emptyTitle")}>{t("alertManagement.emptyDetail")}</Empty>
        ) : (
          <div {...reading}>
            {waiting > 0 ? (
              <Button look="primary" size="small" className="sticky top-1 z-10 mx-auto my-1 flex" onClick={letIn}>
                {t("common.newItems", { count: waiting })}
              </Button>
            ) : null}
            <AlertTable alerts={rows} />
            {query.hasNextPage ? (
              <Button look="quiet" className="my-2 ms-3" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                {t("common.loadMore")}
              </Button>
            ) : null}
          </div>
        )
      }
    </QueryView>
  );
}
