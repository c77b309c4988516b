import { create } from "zustand";
import { persist } from "zustand/middleware";
import { languageTag } from "@/i18n";

export type Units = "metric" | "us";

/** What someone prefers on this device; null goes with the organization. */
export const unitsStore = create<{ preferred: Units | null }>()(persist((): { preferred: Units | null } => ({ preferred: null }), { name: "muster.units" }));

const KM_PER_MILE = 1.609344;

const number = (value: number, digits: number): string =>
  value.toLocaleString(languageTag(), { maximumFractionDigits: digits, minimumFractionDigits: 0 });

/** A length given in kilometres, in the organization's units: "12 km" or "7.5 mi". */
export function distance(km: number | null, units: Units): string {
  if (km === null) return "–";
  return units === "us" ? `${number(km / KM_PER_MILE, 1)} mi` : `${number(km, 1)} km`;
}

/** A magnitude with one decimal, as seismologists write it; "–" when unknown. */
export const magnitude = (value: number | null): string => (value === null ? "–" : value.toFixed(1));
