import type { ReactNode } from "react";
import { Page } from "@/components/Page";
import { t } from "@/i18n";

export default function IncidentPage(): ReactNode {
  return <Page title={t("incidents.title")}>{null}</Page>;
}
