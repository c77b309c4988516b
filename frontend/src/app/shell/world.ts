import { useEffect } from "react";
import { useMe } from "@/auth/me";
import { useFilter } from "@/lib/search-params";
import { worldStore, type World } from "@/lib/world";

const isWorld = (value: string | null): value is World => value === "live" || value === "exercise";

/**
 * Keep the world in the address, so that a copied link opens in the same one. The address wins, then what was
 * chosen on this device, then the organization: one that exists for exercises starts in the exercise.
 */
export function useWorldInAddress(): void {
  const { get, set } = useFilter();
  const inAddress = get("world");
  const world = worldStore((s) => s.world);
  const byOrganization: World = useMe()?.organization.exercise === true ? "exercise" : "live";
  useEffect(() => {
    if (isWorld(inAddress)) {
      if (inAddress !== world) worldStore.getState().setWorld(inAddress);
      return;
    }
    const wanted = world ?? byOrganization;
    if (world === null) worldStore.getState().setWorld(wanted);
    if (wanted === "exercise") set({ world: wanted });
  }, [inAddress, world, byOrganization, set]);
}
