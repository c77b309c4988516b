import type { Alert, AlertStatus } from "@/api/types";

/** The stages by which lists and the board go; the last one gathers every end. */
export const STAGES = ["draft", "in_review", "approved", "in_force", "ended"] as const;
export type Stage = (typeof STAGES)[number];

export const STATUSES_OF: Record<Stage, readonly AlertStatus[]> = {
  draft: ["draft"],
  in_review: ["in_review"],
  approved: ["approved"],
  in_force: ["published"],
  ended: ["updated", "cancelled", "expired", "rejected"],
};

export const isStage = (text: string): text is Stage => (STAGES as readonly string[]).includes(text);

/** Where an alert is opened: whoever is needed next finds what is asked of them. */
export const placeOf = (alert: Pick<Alert, "id" | "status">): string => {
  const step = { draft: "/edit", in_review: "/review", approved: "/review" }[alert.status as string] ?? "";
  return `/alerts/${alert.id}${step}`;
};

/** Nobody real is reached by it. */
export const isPretend = (alert: Pick<Alert, "exercise" | "test">): boolean => alert.exercise || alert.test;
