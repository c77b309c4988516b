import { useEffect } from "react";
import { useSearchParams } from "react-router";
import { useMe } from "@/auth/me";
import { worldStore, type World } from "@/lib/world";

const isWorld = (value: string | null): value is World => value === "live" || value === "exercise";

/**
 * Keep the world in the address, so that a copied link opens in the same one. The address wins, then what was
 * chosen on this device, then the organization: one that exists for exercises starts in the exercise.
 */
export function useWorldInAddress(): void {
  const [params, setParams] = useSearchParams();
  const inAddress = params.get("world");
  const world = worldStore((s) => s.world);
  const byOrganization: World = useMe()?.organization.exercise === true ? "exercise" : "live";
  useEffect(() => {
    if (isWorld(inAddress)) {
      if (inAddress !== world) worldStore.getState().setWorld(inAddress);
      return;
    }
    const wanted = world ?? byOrganization;
    if (world === null) worldStore.getState().setWorld(wanted);
    if (wanted === "exercise") {
      setParams(
        (before) => {
          const after = new URLSearchParams(before);
          after.set("world", wanted);
          return after;
        },
        { replace: true },
      );
    }
  }, [inAddress, world, byOrganization, setParams]);
}
