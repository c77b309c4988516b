import type { ReactNode } from "react";
import { NavLink } from "react-router";
import { cn } from "@/lib/cn";

interface SectionNavProps {
  /** What these pages are, for those who do not see them. */
  label: string;
  places: readonly { to: string; label: string; end?: boolean }[];
}

/** The way from one page of an area to its others. */
export const SectionNav = ({ label, places }: SectionNavProps): ReactNode => (
  <nav aria-label={label} className="no-print flex shrink-0 gap-1 overflow-x-auto border-b border-line bg-surface-1 px-2">
    {places.map((place) => (
      <NavLink
        key={place.to}
        to={place.to}
        end={place.end ?? false}
        className={({ isActive }) =>
          cn(
            "-mb-px flex items-center border-b-2 px-3 py-2 text-sm font-medium whitespace-nowrap coarse:min-h-11",
            isActive ? "border-accent text-ink-1" : "border-transparent text-ink-2 hover:text-ink-1",
          )
        }
      >
        {place.label}
      </NavLink>
    ))}
  </nav>
);
