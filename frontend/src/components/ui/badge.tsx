import { X } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";
import { t } from "@/i18n";
import { cn } from "@/lib/cn";

interface BadgeProps extends ComponentProps<"span"> {
  tone?: "neutral" | "accent" | "danger" | "warning" | "success" | "exercise";
}

const tones = {
  neutral: "bg-surface-2 text-ink-2",
  accent: "bg-accent-soft text-accent",
  danger: "bg-danger-soft text-danger",
  warning: "bg-warning-soft text-warning",
  success: "bg-success-soft text-success",
  exercise: "exercise-band font-semibold",
} as const;

export const Badge = ({ tone = "neutral", className, ...rest }: BadgeProps): ReactNode => (
  <span
    className={cn("inline-flex items-center gap-1 rounded px-1.5 py-0.5 text-xs font-medium whitespace-nowrap [&_svg]:size-3", tones[tone], className)}
    {...rest}
  />
);

interface ChipProps {
  selected: boolean;
  onToggle: () => void;
  children: ReactNode;
}

/** A filter that is on or off. */
export const Chip = ({ selected, onToggle, children }: ChipProps): ReactNode => (
  <button
    type="button"
    aria-pressed={selected}
    onClick={onToggle}
    className={cn(
      "inline-flex h-7 items-center gap-1 rounded-full border px-2.5 text-xs font-medium whitespace-nowrap coarse:h-11 coarse:px-3.5",
      selected ? "border-accent bg-accent-soft text-accent" : "border-line-strong/60 bg-surface-1 text-ink-2 hover:bg-surface-2",
    )}
  >
    {children}
  </button>
);

/** A filter that is set, with a button that takes it away. */
export const RemovableChip = ({ onRemove, label }: { onRemove: () => void; label: string }): ReactNode => (
  <span className="inline-flex h-7 items-center gap-1 rounded-full border border-accent bg-accent-soft ps-2.5 pe-1 text-xs font-medium text-accent">
    {label}
    <button type="button" onClick={onRemove} aria-label={t("common.removeFilter", { filter: label })} className="rounded-full p-0.5 hover:bg-surface-1">
      <X className="size-3.5" />
    </button>
  </span>
);
