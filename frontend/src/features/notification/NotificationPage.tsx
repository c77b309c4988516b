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
import { subscriptionsQuery, type SubscriptionFilter } from "./api/subscriptions";
import { OpenSubscription } from "./components/OpenSubscription";
import { SubscriptionTable } from "./components/SubscriptionTable";

/** The subscriptions of this world, newest first, filtered by the address; a form to open one. */
export default function NotificationPage(): ReactNode {
  const exercise = useExercise();
  const may = useMay("notification:work");
  const { get, set } = useFilter();
  const [opening, setOpening] = useState(false);
  const onlyOpen = get("status") === "open";
  return (
    <Page
      title={t("notification.title")}
      actions={
        may && !opening ? (
          <Button look="primary" onClick={() => setOpening(true)}>
            <Plus aria-hidden />
            {t("notification.open")}
          </Button>
        ) : null
      }
      className="bg-surface-1"
    >
      {opening ? <OpenSubscription onClose={() => setOpening(false)} /> : null}
      <div className="no-print flex border-b border-line px-3 py-2">
        <Chip selected={onlyOpen} onToggle={() => set({ status: onlyOpen ? null : "open" })}>
          {t("notification.onlyOpen")}
        </Chip>
      </div>
      <Subscriptions filter={{ exercise, ...(onlyOpen ? { status: "open" as const } : {}) }} />
    </Page>
  );
}

function Subscriptions({ filter }: { filter: SubscriptionFilter }): ReactNode {
  const query = useInfiniteQuery(subscriptionsQuery(filter));
  const incoming = query.data?.pages.flatMap((page) => page.items) ?? [];
  const { rows, waiting, letIn, reading } = useHeldRows(incoming, JSON.stringify(filter));
  return (
    <QueryView query={query} loading={<SkeletonRows rows={12} />}>
      {() =>
        rows.length === 0 ? (
          <Empty title={t("notification.emptyTitle")}>{t("notification.emptyDetail")}</Empty>
        ) : (
          <div {...reading}>
            {waiting > 0 ? (
              <Button look="primary" size="small" className="sticky top-1 z-10 mx-auto my-1 flex" onClick={letIn}>
                {t("common.newItems", { count: waiting })}
              </Button>
            ) : null}
            <SubscriptionTable subscriptions={rows} />
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
