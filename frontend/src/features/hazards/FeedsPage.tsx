import type { ReactNode } from "react";
import { Page } from "@/components/Page";
import { t } from "@/i18n";

export default function FeedsPage(): ReactNode {
  return <Page title={t("hazards.title")}>{null}</Page>;
}
