import type { ReactNode } from "react";
import { Link } from "react-router";
import { Page } from "@/components/Page";
import { Button } from "@/components/ui/button";
import { Empty } from "@/components/ui/states";
import { t } from "@/i18n";

export const NotFoundPage = (): ReactNode => (
  <Page title={t("common.notFoundTitle")}>
    <Empty
      title={t("common.notFoundDetail")}
      action={
        <Button asChild>
          <Link to="/">{t("common.goToMap")}</Link>
        </Button>
      }
    />
  </Page>
);
