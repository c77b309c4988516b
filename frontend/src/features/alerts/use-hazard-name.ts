import { useQuery } from "@tanstack/react-query";
import { termsQuery } from "./api/compose";

/** The event term of a hazard's key, or the key's own words; "–" when there is none. */
export function useHazardName(): (key: string | null) => string {
  const terms = useQuery(termsQuery).data?.items;
  return (key) => {
    if (!key) return "–";
    const name = terms?.find((term) => term.key === key)?.term ?? key.replaceAll(/[-_]/g, " ");
    return name.charAt(0).toUpperCase() + name.slice(1);
  };
}
