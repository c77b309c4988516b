import type { ReactNode } from "react";
import { cn } from "@/lib/cn";
import { usePageTitle } from "@/lib/page-title";

interface PageProps {
  title: string;
  /** Beside the title: badges, the state of the thing. */
  aside?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  className?: string;
}

/** A page's frame: its title (also of the tab), its actions, and its content, which scrolls. */
export function Page({ title, aside, actions, children, className }: PageProps): ReactNode {
  usePageTitle(title);
  return (
    <div className="flex h-full min-h-0 flex-col">
      <header className="flex min-h-12 flex-wrap items-center gap-x-3 gap-y-2 border-b border-line bg-surface-1 px-4 py-2">
        <h1 className="text-xl font-semibold">{title}</h1>
        {aside}
        {actions ? <div className="no-print ms-auto flex flex-wrap gap-2">{actions}</div> : null}
      </header>
      <div className={cn("min-h-0 flex-1 overflow-y-auto", className)}>{children}</div>
    </div>
  );
}

/** A titled block within a page. */
export const Section = ({ title, actions, children, className }: Omit<PageProps, "aside">): ReactNode => (
  <section className={cn("avoid-break rounded-md border border-line bg-surface-1", className)} aria-label={title}>
    <div className="flex min-h-10 items-center justify-between gap-2 border-b border-line px-3 py-1">
      <h2 className="text-sm font-semibold">{title}</h2>
      {actions ? <div className="no-print flex gap-1">{actions}</div> : null}
    </div>
    {children}
  </section>
);

/** Name and value pairs; the value of something unknown is "–". */
export const Facts = ({ facts }: { facts: readonly (readonly [name: string, value: ReactNode])[] }): ReactNode => (
  <dl className="grid grid-cols-[minmax(min(6rem,30%),min(9rem,40%))_1fr] gap-x-4 gap-y-1.5 p-3 text-sm">
    {facts.map(([name, value]) => (
      <div key={name} className="contents">
        <dt className="text-ink-3">{name}</dt>
        <dd className="min-w-0 break-words">{value ?? "–"}</dd>
      </div>
    ))}
  </dl>
);
