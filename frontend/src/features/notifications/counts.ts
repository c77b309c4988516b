import type { DeliveryCounts } from "@/api/types";
import { languageTag } from "@/i18n";

/** What was never begun and will not be. */
export const unsent = ({ expired, superseded, suppressed }: DeliveryCounts): number => expired + superseded + suppressed;

/** From 0 to 1; 0 while nobody is to be reached. */
export const share = ({ reached, recipients }: DeliveryCounts): number => (recipients === 0 ? 0 : reached / recipients);

/** "96 %", rounded down: 100 is said when all are reached, and not before; "–" where nobody is to be. */
export const percent = (counts: DeliveryCounts): string => (counts.recipients === 0 ? "–" : (Math.floor(share(counts) * 100) / 100).toLocaleString(languageTag(), { style: "percent" }));

export const number = (count: number): string => count.toLocaleString(languageTag());
