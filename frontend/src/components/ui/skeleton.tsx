import type { ReactNode } from "react";
import { t } from "@/i18n";
import { cn } from "@/lib/cn";

/** A grey shape of the size of what follows, so that nothing jumps when it arrives. */
export const Skeleton = ({ className }: { className?: string }): ReactNode => (
  <span aria-hidden className={cn("block rounded bg-surface-2", className)} />
);

/** Rows of a list that is being read. */
export const SkeletonRows = ({ rows = 8, className }: { rows?: number; className?: string }): ReactNode => (
  <div role="status" aria-label={t("common.loading")} className={cn("flex flex-col", className)}>
    {Array.from({ length: rows }, (_, row) => (
      <div key={row} className="flex h-8 items-center gap-3 border-b border-line px-3 coarse:h-11">
        <Skeleton className="size-3.5 rounded-full" />
        <Skeleton className="h-3.5 w-2/5" />
        <Skeleton className="h-3.5 w-1/5" />
        <Skeleton className="ms-auto h-3.5 w-16" />
      </div>
    ))}
  </div>
);
