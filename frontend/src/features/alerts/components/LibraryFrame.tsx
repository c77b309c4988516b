import type { ReactNode } from "react";
import { NavLink } from "react-router";
import { useMay, useMe } from "@/auth/me";
import { Page } from "@/components/Page";
import { SkeletonRows } from "@/components/ui/skeleton";
import { Forbidden } from "@/components/ui/states";
import { t } from "@/i18n";
import { cn } from "@/lib/cn";

const PLACES = ["templates", "boundaries", "hooks", "feeds"] as const;

interface FrameProps {
  place: (typeof PLACES)[number];
  actions?: ReactNode;
  panel?: ReactNode;
  children: ReactNode;
}

/** The frame of the pages from which alerts are made and partners are told. */
export function LibraryFrame({ place, actions, panel, children }: FrameProps): ReactNode {
  const me = useMe();
  const may = useMay("alerts:manage");
  return (
    <Page title={t(`alertLibrary.${place}`)} actions={may ? actions : null} className="flex overflow-hidden bg-surface-1">
      <div className="flex min-w-0 flex-1 flex-col">
        <nav aria-label={t("alertLibrary.sections")} className="no-print flex shrink-0 gap-1 overflow-x-auto border-b border-line px-2">
          {PLACES.map((each) => (
            <NavLink
              key={each}
              to={`/alerts/${each}`}
              className={({ isActive }) =>
                cn("-mb-px flex items-center border-b-2 px-3 py-2 text-sm font-medium whitespace-nowrap coarse:min-h-11", isActive ? "border-accent text-ink-1" : "border-transparent text-ink-2 hover:text-ink-1")
              }
            >
              {t(`alertLibrary.${each}`)}
            </NavLink>
          ))}
        </nav>
        <div className="min-h-0 flex-1 overflow-y-auto">{me === undefined ? <SkeletonRows /> : may ? children : <Forbidden permission="alerts:manage" />}</div>
      </div>
      {may ? panel : null}
    </Page>
  );
}
