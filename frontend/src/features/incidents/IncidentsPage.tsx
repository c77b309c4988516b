import type { ReactNode } from "react";
import { Page } from "@/components/Page";
import { t } from "@/i18n";

export default function IncidentsPage(): ReactNode {
  return <Page title={t("incidents.title")}>{null}</Page>;
}
