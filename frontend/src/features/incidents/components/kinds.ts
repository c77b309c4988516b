import { useQuery } from "@tanstack/react-query";
import { kindsQuery } from "../api/incidents";

/** The published name of a kind of incident; the key until the list is known, "–" when no kind was given. */
export function useKindName(): (kind: string | null) => string {
  const kinds = useQuery(kindsQuery).data?.items;
  return (kind) => (kind === null ? "–" : (kinds?.find((k) => k.key === kind)?.name ?? kind.replaceAll(/[-_]/g, " ")));
}
