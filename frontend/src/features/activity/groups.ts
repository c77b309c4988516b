import { Flag, KeyRound, ListChecks, NotebookPen, Network, Siren, Waves, type LucideIcon } from "lucide-react";
import type { MessageKey } from "@/i18n";

export type GroupName = "notes" | "incidents" | "command" | "plan" | "hazards" | "accounts";

interface Group {
  name: GroupName;
  label: MessageKey;
  icon: LucideIcon;
  /** Beginnings of the event types that belong to it. */
  types: readonly string[];
}

export const GROUPS: readonly Group[] = [
  { name: "notes", label: "activity.group.notes", icon: NotebookPen, types: ["muster.note"] },
  { name: "incidents", label: "activity.group.incidents", icon: Siren, types: ["muster.incident"] },
  { name: "command", label: "activity.group.command", icon: Network, types: ["muster.position"] },
  { name: "plan", label: "activity.group.plan", icon: ListChecks, types: ["muster.operational_period", "muster.objective", "muster.task"] },
  { name: "hazards", label: "activity.group.hazards", icon: Waves, types: ["muster.hazard", "muster.feed", "muster.hazard_rule"] },
  {
    name: "accounts",
    label: "activity.group.accounts",
    icon: KeyRound,
    types: ["muster.account", "muster.role", "muster.api_key", "muster.organization", "muster.signing_key"],
  },
];

/** "muster.note" is the beginning of "muster.note.written.v1", but not of "muster.notebook…". */
export const isOfType = (type: string, beginning: string): boolean => type === beginning || type.startsWith(`${beginning}.`);

const OTHER = { label: "activity.group.other", icon: Flag } as const;

export const groupOf = (type: string): Pick<Group, "label" | "icon"> =>
  GROUPS.find((group) => group.types.some((beginning) => isOfType(type, beginning))) ?? OTHER;

export const typesOf = (names: readonly string[]): string[] =>
  GROUPS.filter((group) => names.includes(group.name)).flatMap((group) => group.types);
