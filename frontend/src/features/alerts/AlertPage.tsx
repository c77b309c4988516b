import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Ban, ExternalLink, FileCode2, Pencil, Printer, RefreshCw } from "lucide-react";
import type { ComponentType, ReactNode } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { asProblem } from "@/api/problem";
import type { AlertDetail } from "@/api/types";
import { useMay, useMe } from "@/auth/me";
import { SeverityMark } from "@/components/meanings";
import { Page, Section } from "@/components/Page";
import { QueryView } from "@/components/QueryView";
import { Time } from "@/components/Time";
import { Button } from "@/components/ui/button";
import { Skeleton, SkeletonRows } from "@/components/ui/skeleton";
import { Forbidden } from "@/components/ui/states";
import { toast } from "@/components/ui/toast";
import { t } from "@/i18n";
import { useShortcut } from "@/lib/shortcuts";
import { alertQuery, followUp } from "./api/alerts";
import { AlertFacts, AlertTexts } from "./components/AlertFacts";
import { AreaMap } from "./components/AreaMap";
import { Discussion } from "./components/Discussion";
import { AlertStatusMark, Expiry, MessageType, WorldMark } from "./components/marks";
import { whole } from "./content";
import { placeOf, STATUSES_OF } from "./states";

interface AlertPageProps {
  /** How its delivery goes; whoever delivers provides it. */
  Delivery?: ComponentType<{ alertId: string }>;
}

/** One alert: what it says and where, how long it holds, what followed it, and how it is told. */
export default function AlertPage({ Delivery }: AlertPageProps): ReactNode {
  const { id = "" } = useParams();
  const me = useMe();
  const may = useMay("alerts:read");
  const query = useQuery({ ...alertQuery(id), enabled: may });
  if (!me) return <Page title={t("alerts.title")}><SkeletonRows rows={12} /></Page>;
  if (!may) return <Page title={t("alerts.title")}><Forbidden permission="alerts:read" /></Page>;
  return query.data ? (
    <Shown key={id} alert={query.data} query={query} Delivery={Delivery} />
  ) : (
    <Page title={t("alerts.title")}>
      <QueryView
        query={query}
        loading={
          <div role="status" aria-label={t("common.loading")} className="grid gap-4 p-4 lg:grid-cols-[1fr_25rem]">
            <Skeleton className="h-120" />
            <Skeleton className="h-80" />
          </div>
        }
      >
        {() => null}
      </QueryView>
    </Page>
  );
}

interface ShownProps {
  alert: AlertDetail;
  query: Parameters<typeof QueryView<AlertDetail>>[0]["query"];
  Delivery: AlertPageProps["Delivery"];
}

function Shown({ alert, query, Delivery }: ShownProps): ReactNode {
  const content = whole(alert.content);
  return (
    <Page
      title={alert.headline}
      aside={
        <>
          <AlertStatusMark status={alert.status} />
          <SeverityMark severity={alert.severity} />
          <MessageType type={alert.msg_type} number={alert.number} />
          <WorldMark exercise={alert.exercise} test={alert.test} />
          {alert.status === "published" ? <Expiry alert={alert} className="tabular text-sm" /> : null}
        </>
      }
      actions={<Actions alert={alert} />}
      className="p-3 sm:p-4"
    >
      <QueryView query={query}>
        {() => (
          <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_min(26rem,45%)]">
            <div className="flex min-w-0 flex-col gap-4">
              {Delivery && alert.sent ? <Delivery alertId={alert.id} /> : null}
              <Section title={t("alerts.words")}>
                <AlertTexts alert={alert} />
              </Section>
              <Section title={t("alerts.where")} className="print:hidden">
                <div className="relative h-96">
                  <AreaMap places={content.areas} severity={alert.severity} selected={null} />
                </div>
              </Section>
            </div>
            <div className="flex min-w-0 flex-col gap-4">
              <Section title={t("alerts.facts")}>
                <AlertFacts alert={alert} />
              </Section>
              <Thread alert={alert} />
              <Discussion alert={alert} />
            </div>
          </div>
        )}
      </QueryView>
    </Page>
  );
}

function Actions({ alert }: { alert: AlertDetail }): ReactNode {
  const drafts = useMay("alerts:draft");
  const client = useQueryClient();
  const navigate = useNavigate();
  const follow = useMutation({
    mutationFn: (what: "update" | "cancel") => followUp(alert.id, what),
    onSuccess: (draft) => {
      client.setQueryData(alertQuery(draft.id).queryKey, draft);
      void client.invalidateQueries({ queryKey: ["alerts"] });
      void navigate(placeOf(draft));
    },
    onError: (error) => {
      toast(asProblem(error).message, { tone: "danger" });
      void client.invalidateQueries({ queryKey: alertQuery(alert.id).queryKey });
    },
  });
  const inForce = alert.status === "published" && alert.msg_type !== "Cancel";
  const open = alert.status === "draft" || alert.status === "in_review" || alert.status === "approved";
  useShortcut("e", "alerts.update", "act", () => follow.mutate("update"), drafts && inForce);
  return (
    <>
      {open ? (
        <Button asChild look="primary">
          <Link to={placeOf(alert)}>
            <Pencil aria-hidden />
            {t(alert.status === "draft" ? "alerts.goOnWriting" : "alerts.openReview")}
          </Link>
        </Button>
      ) : null}
      {drafts && inForce ? (
        <>
          <Button look="primary" busy={follow.isPending} onClick={() => follow.mutate("update")}>
            <RefreshCw aria-hidden />
            {t("alerts.update")}
          </Button>
          <Button busy={follow.isPending} onClick={() => follow.mutate("cancel")}>
            <Ban aria-hidden />
            {t("alerts.cancel")}
          </Button>
        </>
      ) : null}
      {alert.public_url ? (
        <Button asChild look="quiet">
          <a href={alert.public_url} target="_blank" rel="noreferrer">
            <ExternalLink aria-hidden />
            {t("alerts.publicPage")}
          </a>
        </Button>
      ) : null}
      {alert.cap_url ? (
        <Button asChild look="quiet">
          <a href={alert.cap_url} target="_blank" rel="noreferrer">
            <FileCode2 aria-hidden />
            {t("alerts.capXml")}
          </a>
        </Button>
      ) : null}
      <Button look="quiet" size="icon" aria-label={t("common.print")} onClick={() => print()}>
        <Printer />
      </Button>
    </>
  );
}

/** Everything that was said of the same event, in the order in which the public heard it. */
function Thread({ alert }: { alert: AlertDetail }): ReactNode {
  const messages = [...alert.thread, { id: alert.id, number: alert.number, msg_type: alert.msg_type, status: alert.status, headline: alert.headline, sent: alert.sent }].sort(
    (a, b) => (a.number ?? Infinity) - (b.number ?? Infinity) || a.id.localeCompare(b.id),
  );
  return (
    <Section title={t("alerts.thread")}>
      <ol className="flex flex-col divide-y divide-line">
        {messages.map((message) => {
          const here = message.id === alert.id;
          return (
            <li key={message.id} aria-current={here || undefined} className="flex items-baseline gap-3 px-3 py-1.5 aria-[current=true]:bg-accent-soft/60">
              <span className="tabular w-4 text-xs text-ink-3">{message.number ?? "–"}</span>
              <span className="min-w-0 flex-1">
                <span className="flex flex-wrap items-center gap-x-2 text-xs">
                  <span className="font-medium">{t(`alerts.type.${message.msg_type}`)}</span>
                  <AlertStatusMark status={message.status} />
                </span>
                {here ? (
                  <span className="block truncate font-medium">{message.headline}</span>
                ) : (
                  <Link data-row to={placeOf(message)} className={STATUSES_OF.ended.includes(message.status) ? "block truncate text-ink-2 hover:underline" : "block truncate font-medium hover:underline"}>
                    {message.headline}
                  </Link>
                )}
              </span>
              <Time at={message.sent} className="shrink-0 text-xs text-ink-3" />
            </li>
          );
        })}
      </ol>
    </Section>
  );
}
