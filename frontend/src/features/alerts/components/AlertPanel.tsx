import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { SeverityMark } from "@/components/meanings";
import { QueryView } from "@/components/QueryView";
import { Button } from "@/components/ui/button";
import { t } from "@/i18n";
import { alertQuery } from "../api/alerts";
import { placeOf } from "../states";
import { AlertFacts, AlertTexts } from "./AlertFacts";
import { AlertStatusMark, MessageType, WorldMark } from "./marks";

/** An alert in the side panel of the map. */
export function AlertPanel({ id }: { id: string }): ReactNode {
  const query = useQuery(alertQuery(id));
  return (
    <QueryView query={query}>
      {(alert) => (
        <article className="flex flex-col" aria-label={alert.headline}>
          <div className="flex flex-col gap-2 border-b border-line px-3 pt-1 pb-3">
            <h2 className="text-lg font-semibold">{alert.headline}</h2>
            <div className="flex flex-wrap items-center gap-2">
              <SeverityMark severity={alert.severity} />
              <AlertStatusMark status={alert.status} />
              <MessageType type={alert.msg_type} number={alert.number} />
              <WorldMark exercise={alert.exercise} test={alert.test} />
            </div>
            <Button asChild className="self-start">
              <Link to={placeOf(alert)}>{t("map.openPage")}</Link>
            </Button>
          </div>
          <AlertTexts alert={alert} />
          <AlertFacts alert={alert} />
        </article>
      )}
    </QueryView>
  );
}
