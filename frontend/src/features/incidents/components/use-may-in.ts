import type { IncidentDetail } from "@/api/types";
import { useMay } from "@/auth/me";

/** Whether the account may do this here: the permission, and an incident that was not shared only to be read. */
export function useMayIn({ access }: Pick<IncidentDetail, "access">, permission: string): boolean {
  return useMay(permission) && access !== "read";
}

/** Only those whose incident it is say who commands it, with whom it is shared and how it ends. */
export function useMayOwn({ access }: Pick<IncidentDetail, "access">, permission: string): boolean {
  return useMay(permission) && access === "own";
}
