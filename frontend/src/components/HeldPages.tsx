import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import { ArrowUp } from "lucide-react";
import type { ReactNode } from "react";
import { t } from "@/i18n";
import { useHeldRows } from "@/lib/held-rows";
import { QueryView } from "./QueryView";
import { Button } from "./ui/button";
import { SkeletonRows } from "./ui/skeleton";

/** Lets in the rows that wait. It takes no room of its own: nothing jumps when it comes. */
export const NewItems = ({ count, onClick }: { count: number; onClick: () => void }): ReactNode =>
  count > 0 ? (
    <div className="pointer-events-none sticky top-2 z-20 flex h-0 justify-center">
      <Button look="primary" size="small" className="pointer-events-auto rounded-full px-3 shadow-float" onClick={onClick}>
        <ArrowUp aria-hidden />
        {t("common.newItems", { count })}
      </Button>
    </div>
  ) : null;

interface HeldPagesProps<Row> {
  query: UseInfiniteQueryResult<InfiniteData<{ items: Row[] }>>;
  /** Changes with the filters. */
  listKey: string;
  empty: ReactNode;
  children: (rows: readonly Row[]) => ReactNode;
}

/** A list read page by page, in which new rows wait while someone reads. */
export function HeldPages<Row extends { id: string }>({ query, listKey, empty, children }: HeldPagesProps<Row>): ReactNode {
  const { rows, waiting, letIn, reading } = useHeldRows(query.data?.pages.flatMap((page) => page.items) ?? [], listKey);
  return (
    <QueryView query={query} loading={<SkeletonRows rows={16} />}>
      {() =>
        rows.length === 0 ? (
          empty
        ) : (
          <div {...reading}>
            <NewItems count={waiting} onClick={letIn} />
            {children(rows)}
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
