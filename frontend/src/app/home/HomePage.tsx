import type { ReactNode } from "react";
import { Page } from "@/components/Page";
import { t } from "@/i18n";

export default function HomePage(): ReactNode {
  return <Page title={t("map.title")}>{null}</Page>;
}
