import { cva, type VariantProps } from "class-variance-authority";
import { Slot } from "radix-ui";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "@/lib/cn";

const button = cva(
  "inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md text-sm font-medium whitespace-nowrap select-none disabled:cursor-not-allowed disabled:opacity-50 aria-disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0",
  {
    variants: {
      look: {
        primary: "bg-accent text-accent-ink hover:bg-accent-hover",
        plain: "border border-line-strong/60 bg-surface-1 text-ink-1 hover:bg-surface-2",
        quiet: "text-ink-2 hover:bg-surface-2 hover:text-ink-1",
        danger: "border border-danger bg-surface-1 text-danger hover:bg-danger-soft",
      },
      size: {
        medium: "h-8 px-3 coarse:h-11",
        small: "h-7 px-2 text-xs coarse:h-11",
        icon: "size-8 coarse:size-11",
      },
    },
    defaultVariants: { look: "plain", size: "medium" },
  },
);

interface ButtonProps extends ComponentProps<"button">, VariantProps<typeof button> {
  /** Render the child (a link) with the look of a button. */
  asChild?: boolean;
  /** Work is under way: the button keeps its place and word and cannot be pressed twice. */
  busy?: boolean;
}

export function Button({ look, size, asChild, busy = false, className, disabled, type, ...rest }: ButtonProps): ReactNode {
  if (asChild) return <Slot.Root className={cn(button({ look, size }), className)} {...rest} />;
  return (
    <button
      type={type ?? "button"}
      className={cn(button({ look, size }), busy && "animate-pulse", className)}
      disabled={disabled === true || busy}
      aria-busy={busy || undefined}
      {...rest}
    />
  );
}
