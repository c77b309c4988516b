import { useMemo } from "react";
import { useSearchParams } from "react-router";
import { useNow } from "@/components/Time";
import { useExercise } from "@/lib/world";
import type { Question } from "./api/search";
import type { Saved } from "./api/watches";

/** Hours back from now. */
export const PERIODS = { "1h": 1, "24h": 24, "7d": 168, "30d": 720 } as const;
export type Period = keyof typeof PERIODS;

const HOUR_MS = 3_600_000;
/** The start of a period moves in steps, so that the same question is asked again and answered from memory. */
const STEP_MS = 300_000;

/** The lists of a saved search, and their names in the address. */
const LISTS = { kind: "kind", status: "status", type: "type", organization_id: "organization" } as const;

/** Every filter's name in the address; the words are `q`. */
export const FILTERS = [...Object.values(LISTS), "period", "bbox", "near"] as const;

export const isPeriod = (text: string | null): text is Period => text !== null && text in PERIODS;

/** What an address asks, as it can be saved. A period is not saved: a saved search looks at what is new. */
export function savedFrom(address: URLSearchParams, exercise: boolean): Saved {
  const list = (name: keyof typeof LISTS): string[] => address.get(LISTS[name])?.split(",").filter(Boolean) ?? [];
  return {
    q: address.get("q")?.trim() ?? "",
    kind: list("kind"),
    status: list("status"),
    type: list("type"),
    organization_id: list("organization_id"),
    bbox: address.get("bbox"),
    near: address.get("near"),
    exercise,
  };
}

/** The address that asks what was saved, newest first: whoever opens it wants the news. */
export function addressOf(saved: Saved): string {
  const address = new URLSearchParams({ q: saved.q });
  for (const [name, inAddress] of Object.entries(LISTS)) {
    const values = saved[name as keyof typeof LISTS] ?? [];
    if (values.length > 0) address.set(inAddress, values.join(","));
  }
  if (saved.bbox) address.set("bbox", saved.bbox);
  if (saved.near) address.set("near", saved.near);
  address.set("order", "newest");
  if (saved.exercise === true) address.set("world", "exercise");
  return `/search?${address.toString()}`;
}

const sorted = (values: readonly string[] | undefined): string => [...(values ?? [])].sort().join(",");

/** Whether two ask the same, whatever the order of their choices. */
export const sameSearch = (one: Saved, other: Saved): boolean =>
  one.q === other.q &&
  (one.exercise ?? null) === (other.exercise ?? null) &&
  (one.bbox ?? null) === (other.bbox ?? null) &&
  (one.near ?? null) === (other.near ?? null) &&
  (Object.keys(LISTS) as (keyof typeof LISTS)[]).every((name) => sorted(one[name]) === sorted(other[name]));

interface Asked {
  saved: Saved;
  question: Question;
  period: Period | null;
  /** Whether anything but words narrows it. */
  narrowed: boolean;
}

/** What the address asks now. */
export function useAsked(): Asked {
  const [params] = useSearchParams();
  const exercise = useExercise();
  const now = useNow();
  const asked = params.get("period");
  const period = isPeriod(asked) ? asked : null;
  const start = period ? Math.floor(now / STEP_MS) * STEP_MS - PERIODS[period] * HOUR_MS : null;
  const text = params.toString();
  return useMemo(() => {
    const address = new URLSearchParams(text);
    const saved = savedFrom(address, exercise);
    const question: Question = {
      q: saved.q,
      kind: saved.kind ?? [],
      status: saved.status ?? [],
      type: saved.type ?? [],
      organization_id: saved.organization_id ?? [],
      since: start === null ? null : new Date(start).toISOString().replace(".000Z", "Z"),
      bbox: saved.bbox ?? null,
      near: saved.near ?? null,
      order: address.get("order") === "newest" ? "newest" : "relevance",
      exercise,
    };
    return { saved, question, period, narrowed: FILTERS.some((name) => address.get(name)) };
  }, [text, exercise, start, period]);
}
