import type { Problem } from "@/api/problem";
import type { AlertFinding } from "@/api/types";
import type { Content } from "./content";

/** What every part of the form is given. */
export interface FieldsProps {
  content: Content;
  change: (part: Partial<Content>) => void;
  findings: readonly AlertFinding[];
  /** Someone has tried to submit it: what is missing is now said at its place. */
  checked: boolean;
  /** Why the last save was refused. */
  problem: Problem | null;
}

/** Said only once someone wants to go on: an empty form is no mistake. */
const PATIENT = new Set(["missing-text", "no-category", "no-expiry", "no-area", "no-area-name", "no-language", "no-geometry", "unknown-word", "no-response"]);

/** What is wrong at a place of the form, as a sentence. */
export function errorAt({ findings, checked, problem }: Pick<FieldsProps, "findings" | "checked" | "problem">, pointer: string): string | undefined {
  const refused = problem?.field(pointer) ?? problem?.field(`/content${pointer}`);
  if (refused) return refused;
  const found = findings.find((one) => one.level === "error" && (one.pointer === pointer || one.pointer.startsWith(`${pointer}/`)) && (checked || !PATIENT.has(one.code)));
  return found ? sentence(found.detail) : undefined;
}

/** What should be looked at again at a place of the form. */
export function warningAt({ findings, checked }: Pick<FieldsProps, "findings" | "checked">, pointer: string): string | undefined {
  const found = findings.find((one) => one.level === "warning" && one.pointer === pointer && (checked || !PATIENT.has(one.code)));
  return found ? sentence(found.detail) : undefined;
}

export const sentence = (detail: string): string => {
  const text = detail.charAt(0).toUpperCase() + detail.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
};
