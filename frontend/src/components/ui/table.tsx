import type { ComponentProps, ReactNode } from "react";
import { cn } from "@/lib/cn";

/** A dense table: 32 px rows with a mouse, 44 px with a thumb. Scrolls sideways in its own box. */
export const Table = ({ className, label, ...rest }: ComponentProps<"table"> & { label: string }): ReactNode => (
  // A region that scrolls must be reachable by keyboard.
  // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
  <div className="w-full overflow-x-auto" role="region" aria-label={label} tabIndex={0}>
    <table className={cn("w-full border-collapse text-sm", className)} {...rest} />
  </div>
);

export const Th = ({ className, ...rest }: ComponentProps<"th">): ReactNode => (
  <th
    scope="col"
    className={cn("border-b border-line px-3 py-1.5 text-start max-sm:px-2 text-xs font-medium whitespace-nowrap text-ink-3", className)}
    {...rest}
  />
);

export const Tr = ({ className, ...rest }: ComponentProps<"tr">): ReactNode => (
  <tr className={cn("border-b border-line last:border-b-0 hover:bg-surface-2/60 data-[current=true]:bg-accent-soft", className)} {...rest} />
);

export const Td = ({ className, ...rest }: ComponentProps<"td">): ReactNode => (
  <td className={cn("h-8 px-3 py-1 align-middle max-sm:px-2 coarse:h-11", className)} {...rest} />
);
