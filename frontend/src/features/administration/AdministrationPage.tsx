import type { ReactNode } from "react";
import { Navigate } from "react-router";
import { useMe } from "@/auth/me";
import { Page } from "@/components/Page";
import { SkeletonRows } from "@/components/ui/skeleton";
import { Forbidden } from "@/components/ui/states";
import { t } from "@/i18n";
import { PLACES } from "./Frame";

/** To the first place that this account may see. */
export default function AdministrationPage(): ReactNode {
  const me = useMe();
  const first = PLACES.find((place) => me?.permissions.includes(place.permission));
  if (first) return <Navigate to={`/administration/${first.name}`} replace />;
  return (
    <Page title={t("administration.title")}>
      {me ? <Forbidden permission={[...new Set(PLACES.map((place) => place.permission))].join(", ")} /> : <SkeletonRows />}
    </Page>
  );
}
