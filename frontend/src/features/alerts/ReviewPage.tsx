import { useQuery } from "@tanstack/react-query";
import { Pencil } from "lucide-react";
import type { ReactNode } from "react";
import { Link, useParams } from "react-router";
import type { AlertDetail } from "@/api/types";
import { useMay, useMe } from "@/auth/me";
import { SeverityMark } from "@/components/meanings";
import { Page, Section } from "@/components/Page";
import { QueryView } from "@/components/QueryView";
import { Button } from "@/components/ui/button";
import { Skeleton, SkeletonRows } from "@/components/ui/skeleton";
import { Forbidden } from "@/components/ui/states";
import { t } from "@/i18n";
import { useMedia, WIDE } from "@/lib/media";
import { alertQuery } from "./api/alerts";
import { AlertFacts, AlertTexts } from "./components/AlertFacts";
import { AreaMap } from "./components/AreaMap";
import { Audience } from "./components/Audience";
import { Changes } from "./components/Changes";
import { Checks } from "./components/Checks";
import { Decision } from "./components/Decision";
import { Discussion } from "./components/Discussion";
import { AlertStatusMark, MessageType, WorldMark } from "./components/marks";
import { Previews } from "./components/Previews";
import { whole } from "./content";
import { isPretend } from "./states";
import { usePreview } from "./use-preview";

/** Where a second pair of eyes decides: what changed, what it says, whom it reaches, what is wrong. */
export default function ReviewPage(): ReactNode {
  const { id = "" } = useParams();
  const me = useMe();
  const may = useMay("alerts:read");
  const query = useQuery({ ...alertQuery(id), enabled: may });
  if (!me) return <Page title={t("alerts.review")}><SkeletonRows rows={12} /></Page>;
  if (!may) return <Page title={t("alerts.review")}><Forbidden permission="alerts:read" /></Page>;
  return query.data ? (
    <Review key={id} alert={query.data} query={query} />
  ) : (
    <Page title={t("alerts.review")}>
      <QueryView
        query={query}
        loading={
          <div role="status" aria-label={t("common.loading")} className="grid gap-4 p-4 lg:grid-cols-[1fr_26rem]">
            <Skeleton className="h-120" />
            <Skeleton className="h-64" />
          </div>
        }
      >
        {() => null}
      </QueryView>
    </Page>
  );
}

interface ReviewProps {
  alert: AlertDetail;
  query: Parameters<typeof QueryView<AlertDetail>>[0]["query"];
}

function Review({ alert, query }: ReviewProps): ReactNode {
  const drafts = useMay("alerts:draft");
  const wide = useMedia(WIDE);
  const content = whole(alert.content);
  const preview = usePreview(alert, content);
  return (
    <Page
      title={alert.headline}
      aside={
        <>
          <AlertStatusMark status={alert.status} />
          <SeverityMark severity={alert.severity} />
          <MessageType type={alert.msg_type} number={alert.number} />
          <WorldMark exercise={alert.exercise} test={alert.test} />
        </>
      }
      actions={
        alert.status === "draft" && drafts ? (
          <Button asChild>
            <Link to={`/alerts/${alert.id}/edit`}>
              <Pencil aria-hidden />
              {t("alerts.goOnWriting")}
            </Link>
          </Button>
        ) : null
      }
      className="p-3 sm:p-4"
    >
      <QueryView query={query}>
        {() => (
          <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_min(26rem,45%)]">
            <div className="flex min-w-0 flex-col gap-4">
              {wide ? null : <Decision alert={alert} />}
              <Changes alert={alert} />
              <Section title={t("alerts.words")}>
                <AlertTexts alert={alert} />
              </Section>
              <Section title={t("alerts.where")}>
                <div className="relative h-80">
                  <AreaMap places={content.areas} severity={alert.severity} selected={null} findings={(preview.data?.findings ?? []).filter((finding) => finding.pointer.startsWith("/areas"))} />
                </div>
              </Section>
              <Section title={t("alerts.facts")}>
                <AlertFacts alert={alert} />
              </Section>
            </div>
            <div className="flex min-w-0 flex-col gap-4">
              {wide ? <Decision alert={alert} /> : null}
              <Audience content={content} exercise={isPretend(alert)} hazard={alert.hazard} />
              <Checks query={preview} />
              <Previews query={preview} />
              <Discussion alert={alert} />
            </div>
          </div>
        )}
      </QueryView>
    </Page>
  );
}
