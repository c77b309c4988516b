import { queryOptions, useQuery } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import type { Me } from "@/api/types";
import { unitsStore, type Units } from "@/lib/units";

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: () => answer(api.GET("/api/v1/me")),
  staleTime: 5 * 60_000,
});

/** The signed-in account; undefined for the moment before it is known. */
export function useMe(): Me | undefined {
  return useQuery(meQuery).data;
}

/** Whether the account holds a permission. False while unknown: nothing is offered that may be refused. */
export function useMay(permission: string): boolean {
  return useMe()?.permissions.includes(permission) ?? false;
}

/** The units someone prefers on this device, else the organization's. */
export function useUnits(): Units {
  const preferred = unitsStore((s) => s.preferred);
  const organization = useMe()?.organization.units;
  return preferred ?? organization ?? "metric";
}
