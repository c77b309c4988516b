import { useState, type MouseEvent, type ReactNode } from "react";
import { Link } from "react-router";
import { NewItems } from "@/components/HeldPages";
import { Button } from "@/components/ui/button";
import { SkeletonRows } from "@/components/ui/skeleton";
import { Empty, Failed } from "@/components/ui/states";
import { t } from "@/i18n";
import { useHeldRows } from "@/lib/held-rows";
import { withChanges } from "@/lib/search-params";
import type { MapItem } from "@/map/types";

/** More rows than this are asked for; drawing thousands helps nobody. */
const STEP = 100;

interface ItemListProps {
  items: readonly MapItem[];
  /** Changes with the filters and the view. */
  listKey: string;
  selected: string | null;
  onOpen: (key: string) => void;
  loading: boolean;
  error: unknown;
  onRetry: () => void;
  truncated: boolean;
}

/** The map's equal for the keyboard and the ear: the same items in the same filters, newest first. */
export function ItemList({ items, listKey, selected, onOpen, loading, error, onRetry, truncated }: ItemListProps): ReactNode {
  const [limit, setLimit] = useState(STEP);
  const { rows, waiting, letIn, reading } = useHeldRows(
    items.map((item) => ({ ...item, id: item.key })),
    listKey,
  );
  const click = (event: MouseEvent, key: string): void => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    // The address of the link may be older than the map's last move.
    event.preventDefault();
    onOpen(key);
  };
  if (loading) return <SkeletonRows rows={12} />;
  if (error !== null && error !== undefined && items.length === 0) return <Failed error={error} onRetry={onRetry} />;
  if (items.length === 0) return <Empty title={t("map.empty")}>{t("map.emptyWhat")}</Empty>;
  return (
    <div {...reading}>
      <NewItems count={waiting} onClick={letIn} />
      <ul aria-label={t("map.listLabel")}>
        {rows.slice(0, limit).map((item) => (
          <li key={item.key} className="border-b border-line">
            <Link
              data-row
              to={withChanges({ open: item.key })}
              onClick={(event) => click(event, item.key)}
              aria-current={item.key === selected || undefined}
              className="flex min-h-8 items-center px-2.5 py-1 hover:bg-surface-2 focus-visible:-outline-offset-2 aria-[current=true]:bg-accent-soft coarse:min-h-11"
            >
              {item.row}
            </Link>
          </li>
        ))}
      </ul>
      {rows.length > limit ? (
        <Button look="quiet" className="w-full" onClick={() => setLimit(limit + STEP)}>
          {t("common.loadMore")}
        </Button>
      ) : null}
      {truncated ? <p className="p-3 text-xs text-ink-3">{t("map.truncated", { count: items.length })}</p> : null}
    </div>
  );
}
