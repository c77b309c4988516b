import type { ReactNode } from "react";
import { Link } from "react-router";
import { ExerciseMark } from "@/components/meanings";
import { Time } from "@/components/Time";
import { Skeleton } from "@/components/ui/skeleton";
import { t } from "@/i18n";
import type { Found } from "../api/search";
import { isSeverity, KindIcon, kindName, pageOf, StateMark, useOrganizationName, useTypeName } from "../names";
import { Pieces } from "./Pieces";

const row = "grid min-h-19 grid-cols-[1rem_1fr_auto] content-start gap-x-2.5 border-b border-line px-4 py-2";

/** One record: what it is called, where it matches, what and whose it is, how old. */
export function FoundRow({ item }: { item: Found }): ReactNode {
  const typeName = useTypeName();
  const organizationName = useOrganizationName();
  const to = pageOf(item);
  const shown = (
    <>
      <KindIcon kind={item.kind} className="mt-0.5 size-4 text-ink-3" />
      <p className="min-w-0 truncate font-medium">
        <Pieces pieces={item.highlights.title} />
      </p>
      <Time at={item.occurred_at} className="text-xs text-ink-2" />
      <div className="col-span-2 col-start-2 min-w-0">
        <p className="truncate text-sm text-ink-2">
          <Pieces pieces={item.highlights.text} />
        </p>
        {/* One line always, so that rows are as high as their skeleton; what matters most is cut last. */}
        <p className="flex items-center gap-x-2 text-xs whitespace-nowrap text-ink-3">
          <span>{kindName(item.kind)}</span>
          {item.status ? <StateMark value={item.status} /> : null}
          <ExerciseMark exercise={item.exercise} />
          {item.type ? isSeverity(item.type) ? <StateMark value={item.type} /> : <span>{typeName(item.type)}</span> : null}
          <span className="min-w-0 truncate">{item.organization_id === null ? t("search.everyOrganization") : (organizationName(item.organization_id) ?? t("search.otherOrganization"))}</span>
        </p>
      </div>
    </>
  );
  if (to === null) return <div className={row}>{shown}</div>;
  return (
    <Link data-row to={to} className={`${row} outline-offset-[-2px] hover:bg-surface-2/60`}>
      {shown}
    </Link>
  );
}

/** Of the size of what follows. */
export const FoundSkeleton = ({ rows = 8 }: { rows?: number }): ReactNode => (
  <div role="status" aria-label={t("common.loading")}>
    {Array.from({ length: rows }, (_, index) => (
      <div key={index} className={row}>
        <Skeleton className="mt-0.5 size-4 rounded-full" />
        <Skeleton className="mt-0.5 h-4 w-2/5" />
        <Skeleton className="h-4 w-16" />
        <Skeleton className="col-start-2 mt-1.5 h-3.5 w-4/5" />
        <Skeleton className="col-start-2 mt-1.5 h-3 w-1/2" />
      </div>
    ))}
  </div>
);
