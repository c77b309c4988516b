import type { ReactNode } from "react";
import { useMay, useMe } from "@/auth/me";
import { Page } from "@/components/Page";
import { SectionNav } from "@/components/SectionNav";
import { SkeletonRows } from "@/components/ui/skeleton";
import { Forbidden } from "@/components/ui/states";
import { t } from "@/i18n";

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
        <SectionNav label={t("alertLibrary.sections")} places={PLACES.map((each) => ({ to: `/alerts/${each}`, label: t(`alertLibrary.${each}`) }))} />
        <div className="min-h-0 flex-1 overflow-y-auto">{me === undefined ? <SkeletonRows /> : may ? children : <Forbidden permission="alerts:manage" />}</div>
      </div>
      {may ? panel : null}
    </Page>
  );
}
