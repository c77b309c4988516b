import type { ReactNode } from "react";
import type { UseQueryResult } from "@tanstack/react-query";
import { SkeletonRows } from "./ui/skeleton";
import { Failed, Stale } from "./ui/states";

interface QueryViewProps<Data> {
  query: Pick<UseQueryResult<Data>, "data" | "error" | "isError" | "dataUpdatedAt" | "refetch">;
  /** In the size of what follows. */
  loading?: ReactNode;
  children: (data: Data) => ReactNode;
}

/** The states of every read in one place: loading, failed or forbidden, stale with the last good data, and the data. */
export function QueryView<Data>({ query, loading, children }: QueryViewProps<Data>): ReactNode {
  const retry = (): void => void query.refetch();
  if (query.data === undefined) {
    return query.isError ? <Failed error={query.error} onRetry={retry} /> : (loading ?? <SkeletonRows />);
  }
  return (
    <>
      {query.isError ? <Stale since={query.dataUpdatedAt} onRetry={retry} /> : null}
      {children(query.data)}
    </>
  );
}
