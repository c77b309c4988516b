import type { ReactNode } from "react";
import { useMe } from "@/auth/me";
import { Page } from "@/components/Page";
import { SectionNav } from "@/components/SectionNav";
import { SkeletonRows } from "@/components/ui/skeleton";
import { Forbidden } from "@/components/ui/states";
import { t } from "@/i18n";

const PLACES = [
  { name: "broadcasts", to: "/notifications", permission: "notifications:read" },
  { name: "subscribers", to: "/notifications/subscribers", permission: "notifications:manage" },
  { name: "channels", to: "/notifications/channels", permission: "notifications:read" },
] as const;

interface FrameProps {
  place: (typeof PLACES)[number]["name"];
  actions?: ReactNode;
  children: ReactNode;
}

/** The frame of the delivery's pages: the way to the others, and what is missing to see this one. */
export function Frame({ place, actions, children }: FrameProps): ReactNode {
  const permissions = useMe()?.permissions;
  const { permission } = PLACES.find(({ name }) => name === place) ?? PLACES[0];
  const may = permissions?.includes(permission) === true;
  return (
    <Page title={t(place === "broadcasts" ? "notifications.title" : `notifications.${place}`)} actions={may ? actions : null} className="bg-surface-1">
      <SectionNav
        label={t("notifications.sections")}
        places={PLACES.filter((each) => permissions?.includes(each.permission)).map(({ name, to }) => ({ to, label: t(`notifications.${name}`), end: name === "broadcasts" }))}
      />
      {permissions === undefined ? <SkeletonRows rows={14} /> : may ? children : <Forbidden permission={permission} />}
    </Page>
  );
}
