import { Tooltip as Radix } from "radix-ui";
import type { ReactNode } from "react";

export const TooltipProvider = ({ children }: { children: ReactNode }): ReactNode => (
  <Radix.Provider delayDuration={350} skipDelayDuration={100}>{children}</Radix.Provider>
);

interface TooltipProps {
  text: ReactNode;
  children: ReactNode;
  side?: "top" | "right" | "bottom" | "left";
}

/** More about the thing under the pointer or focus; never the only place where something is said. */
export const Tooltip = ({ text, children, side = "top" }: TooltipProps): ReactNode => (
  <Radix.Root>
    <Radix.Trigger asChild>{children}</Radix.Trigger>
    <Radix.Portal>
      <Radix.Content side={side} sideOffset={6} collisionPadding={8} className="z-50 max-w-72 rounded-md bg-ink-1 px-2 py-1 text-xs text-surface-1 shadow-float">
        {text}
      </Radix.Content>
    </Radix.Portal>
  </Radix.Root>
);
