import { useMemo } from "react";
import { useNow } from "@/components/Time";
import { useFilter } from "@/lib/search-params";
import { useExercise } from "@/lib/world";
import type { MapFilter } from "@/map/types";

export const PERIODS = { "1h": 1, "24h": 24, "7d": 168, "30d": 720 } as const;
export type Period = keyof typeof PERIODS | "all";
export const MAGNITUDES = ["2.5", "4", "5", "6", "7"] as const;

const HOUR_MS = 3_600_000;
/** The start of a period moves in steps, so that the same question is asked again and answered from memory. */
const STEP_MS = 300_000;

export const isPeriod = (text: string | null): text is keyof typeof PERIODS => text !== null && text in PERIODS;

/** The map's filters as the address has them. */
export function useMapFilter(bbox: string | null): MapFilter {
  const { get, all } = useFilter();
  const exercise = useExercise();
  const now = useNow();
  const kind = get("kind");
  const magnitude = Number(get("magnitude") ?? Number.NaN);
  const period = get("period");
  const statuses = all("status").join(",");
  const start = isPeriod(period) ? Math.floor(now / STEP_MS) * STEP_MS - PERIODS[period] * HOUR_MS : null;
  return useMemo(
    () => ({
      exercise,
      kind,
      minMagnitude: Number.isNaN(magnitude) ? null : magnitude,
      since: start === null ? null : new Date(start).toISOString().replace(".000Z", "Z"),
      statuses: statuses.split(",").filter(Boolean),
      bbox,
    }),
    [exercise, kind, magnitude, start, statuses, bbox],
  );
}
