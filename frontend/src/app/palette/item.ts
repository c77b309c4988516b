/** A line of the palette. */
export const item =
  "flex min-h-9 cursor-pointer items-center gap-2.5 rounded px-2 text-sm data-[selected=true]:bg-accent-soft data-[selected=true]:text-accent coarse:min-h-11 [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-ink-3";

/** Values that begin so stay whatever is typed: they were found by it elsewhere. */
export const ALWAYS = "always";
