import { useQuery } from "@tanstack/react-query";
import { CircleAlert, CloudOff, CloudUpload, Check, Pencil } from "lucide-react";
import { useState, type ReactNode } from "react";
import { Link, useNavigate, useParams } from "react-router";
import type { AlertDetail } from "@/api/types";
import { useMay, useMe } from "@/auth/me";
import { Page } from "@/components/Page";
import { QueryView } from "@/components/QueryView";
import { Button } from "@/components/ui/button";
import { Skeleton, SkeletonRows } from "@/components/ui/skeleton";
import { Empty, Forbidden, FormProblem } from "@/components/ui/states";
import { Tabs } from "@/components/ui/tabs";
import { t } from "@/i18n";
import { cn } from "@/lib/cn";
import { useMedia, WIDE } from "@/lib/media";
import { useFilter } from "@/lib/search-params";
import { alertQuery } from "./api/alerts";
import { Audience } from "./components/Audience";
import { Checks } from "./components/Checks";
import { ContestDialog } from "./components/ContestDialog";
import { Discussion } from "./components/Discussion";
import { MessageType, WorldMark } from "./components/marks";
import { Previews } from "./components/Previews";
import { SubmitDialog } from "./components/SubmitDialog";
import { WhatFields } from "./components/WhatFields";
import { WhereFields } from "./components/WhereFields";
import { WordsFields } from "./components/WordsFields";
import { useComposer, type Composer } from "./use-composer";
import { usePreview } from "./use-preview";

const PARTS = ["message", "area", "preview"] as const;

/** Where a draft is written. */
export default function ComposePage(): ReactNode {
  const { id = "" } = useParams();
  const me = useMe();
  const may = useMay("alerts:draft");
  const query = useQuery({ ...alertQuery(id), enabled: may });
  if (!me) return <Page title={t("alerts.compose")}><SkeletonRows rows={12} /></Page>;
  if (!may) return <Page title={t("alerts.compose")}><Forbidden permission="alerts:draft" /></Page>;
  if (!query.data) {
    return (
      <Page title={t("alerts.compose")}>
        <QueryView query={query} loading={<Loading />}>{() => null}</QueryView>
      </Page>
    );
  }
  return query.data.status === "draft" ? <Compose key={id} alert={query.data} /> : <NoDraft alert={query.data} />;
}

const Loading = (): ReactNode => (
  <div role="status" aria-label={t("common.loading")} className="grid gap-4 p-4 lg:grid-cols-[1fr_26rem]">
    <Skeleton className="h-120" />
    <Skeleton className="h-120" />
  </div>
);

const NoDraft = ({ alert }: { alert: AlertDetail }): ReactNode => (
  <Page title={alert.headline}>
    <Empty
      icon={<Pencil aria-hidden />}
      title={t("alerts.noDraft", { status: t(`alerts.status.${alert.status}`).toLowerCase() })}
      action={
        <Button asChild look="primary">
          <Link to={alert.status === "in_review" || alert.status === "approved" ? `/alerts/${alert.id}/review` : `/alerts/${alert.id}`}>{t("alerts.openAlert")}</Link>
        </Button>
      }
    >
      {t("alerts.noDraftDetail")}
    </Empty>
  </Page>
);

function Compose({ alert }: { alert: AlertDetail }): ReactNode {
  const composer = useComposer(alert);
  const wide = useMedia(WIDE);
  const { get, set } = useFilter();
  const navigate = useNavigate();
  const [submitting, setSubmitting] = useState(false);
  const [checked, setChecked] = useState(false);
  const preview = usePreview(alert, composer.content);
  const findings = preview.data?.findings ?? [];
  const asked = get("part");
  const part = PARTS.find((each) => each === asked && (!wide || each !== "preview")) ?? "message";
  const errors = findings.filter((finding) => finding.level === "error").length;
  const go = (pointer: string): void => {
    set({ part: pointer.startsWith("/areas") ? "area" : null });
    // The part is drawn first.
    requestAnimationFrame(() => requestAnimationFrame(() => focusAt(pointer)));
  };
  const fields = { content: composer.content, change: composer.change, findings, checked, problem: composer.state === "refused" ? composer.problem : null };
  const checks = (
    <>
      <Audience content={composer.content} exercise={alert.exercise || alert.test} hazard={preview.hazard} />
      <Checks query={preview} onGo={go} />
    </>
  );
  const message = (
    <div className="flex flex-col gap-4">
      <WhatFields {...fields} hasFollowUp={alert.msg_type !== "Alert"} />
      <WordsFields {...fields} languages={preview.data?.languages ?? []} />
      <Discussion alert={alert} />
    </div>
  );
  const area = <WhereFields {...fields} incidentId={alert.incident_id} />;
  const previews = <Previews query={preview} />;
  return (
    <Page
      title={t(alert.msg_type === "Alert" ? "alerts.composeAlert" : `alerts.compose${alert.msg_type}`)}
      aside={
        <>
          <MessageType type={alert.msg_type} />
          <WorldMark exercise={alert.exercise} test={alert.test} />
          {alert.incident_name ? <span className="max-w-56 truncate text-sm text-ink-2">{alert.incident_name}</span> : null}
          <Saving composer={composer} />
        </>
      }
      actions={
        <>
          <Button asChild look="quiet">
            <Link to={`/alerts/${alert.id}/review`}>{t("alerts.whatChanged")}</Link>
          </Button>
          <Button
            look="primary"
            onClick={() => {
              setChecked(true);
              setSubmitting(true);
            }}
          >
            {t("alerts.submit")}
            {errors > 0 ? <span className="tabular rounded bg-accent-ink/20 px-1 text-xs" aria-label={t("alerts.errors", { count: errors })}>{errors}</span> : null}
          </Button>
        </>
      }
      className="flex overflow-hidden"
    >
      <div className="min-w-0 flex-1 overflow-y-auto p-3 sm:p-4">
        {composer.restored ? <p role="status" className="pb-2 text-xs text-ink-2">{t("common.draftRestored")}</p> : null}
        {composer.state === "refused" ? <div className="pb-3"><FormProblem error={composer.problem} /></div> : null}
        <Tabs
          label={t("alerts.parts")}
          value={part}
          onChange={(next) => set({ part: next === "message" ? null : next })}
          tabs={[
            { name: "message", label: t("alerts.part.message"), content: message },
            { name: "area", label: t("alerts.part.area"), count: composer.content.areas.length, content: area },
            ...(wide ? [] : [{ name: "preview" as const, label: t("alerts.part.preview"), count: errors, content: <div className="flex flex-col gap-4">{checks}{previews}</div> }]),
          ]}
        />
      </div>
      {wide ? (
        <aside aria-label={t("alerts.part.preview")} className="flex w-104 max-w-[42%] shrink-0 flex-col gap-4 overflow-y-auto border-s border-line bg-surface-0 p-4">
          {checks}
          {previews}
        </aside>
      ) : null}
      {submitting ? (
        <SubmitDialog
          alert={alert}
          flush={composer.flush}
          findings={findings}
          onClose={() => setSubmitting(false)}
          onDone={() => void navigate(`/alerts/${alert.id}/review`)}
        />
      ) : null}
      {composer.contest ? <ContestDialog contest={composer.contest} onSettle={composer.settle} /> : null}
    </Page>
  );
}

/** Put the cursor where a finding points. */
function focusAt(pointer: string): void {
  const parts = pointer.split("/");
  for (let length = parts.length; length > 1; length -= 1) {
    const place = document.querySelector<HTMLElement>(`[data-at="${CSS.escape(parts.slice(0, length).join("/"))}"]`);
    if (!place) continue;
    place.scrollIntoView({ block: "center" });
    (place.matches("input, textarea, select, button") ? place : place.querySelector<HTMLElement>("input, textarea, select, button"))?.focus({ preventScroll: true });
    return;
  }
}

const LOOK = {
  saved: { icon: Check, tone: "text-ink-3" },
  typing: { icon: Pencil, tone: "text-ink-3" },
  saving: { icon: CloudUpload, tone: "text-ink-3" },
  waiting: { icon: CloudOff, tone: "text-warning" },
  refused: { icon: CircleAlert, tone: "text-danger" },
  contested: { icon: CircleAlert, tone: "text-warning" },
} as const;

/** Whether what is on screen is kept, and where. */
function Saving({ composer }: { composer: Composer }): ReactNode {
  const { icon: Icon, tone } = LOOK[composer.state];
  return (
    <span role="status" className={cn("inline-flex min-w-28 items-center gap-1 text-xs", tone)}>
      <Icon aria-hidden className="size-3.5 shrink-0" />
      {t(`alerts.saving.${composer.state}`)}
    </span>
  );
}

