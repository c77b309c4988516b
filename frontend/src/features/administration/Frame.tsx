import type { ReactNode } from "react";
import { useMe } from "@/auth/me";
import { Page } from "@/components/Page";
import { SectionNav } from "@/components/SectionNav";
import { SkeletonRows } from "@/components/ui/skeleton";
import { Forbidden } from "@/components/ui/states";
import { t, type MessageKey } from "@/i18n";

interface Place {
  name: string;
  label: MessageKey;
  permission: string;
}

export const PLACES: readonly Place[] = [
  { name: "users", label: "administration.users", permission: "users:read" },
  { name: "roles", label: "administration.roles", permission: "users:read" },
  { name: "api-keys", label: "administration.apiKeys", permission: "api-keys:manage" },
  { name: "organization", label: "administration.organization", permission: "organizations:manage" },
  { name: "signing-keys", label: "administration.signingKeys", permission: "organizations:manage" },
];

interface FrameProps {
  place: "users" | "roles" | "api-keys" | "organization" | "signing-keys";
  actions?: ReactNode;
  /** What was opened from the page's list, beside it. */
  panel?: ReactNode;
  children: ReactNode;
}

/** The frame of every administration page: the way to the others, and what is missing to see this one. */
export function Frame({ place, actions, panel, children }: FrameProps): ReactNode {
  const me = useMe();
  const here = PLACES.find((each) => each.name === place);
  const may = here !== undefined && me?.permissions.includes(here.permission);
  return (
    <Page title={here ? t(here.label) : t("administration.title")} actions={may ? actions : null} className="flex overflow-hidden">
      <div className="flex min-w-0 flex-1 flex-col">
        <SectionNav
          label={t("administration.sections")}
          places={PLACES.filter((each) => me?.permissions.includes(each.permission) ?? false).map((each) => ({ to: `/administration/${each.name}`, label: t(each.label) }))}
        />
        <div className="min-h-0 flex-1 overflow-y-auto">
          {me === undefined ? <SkeletonRows /> : may ? children : <Forbidden permission={here?.permission ?? ""} />}
        </div>
      </div>
      {may ? panel : null}
    </Page>
  );
}
