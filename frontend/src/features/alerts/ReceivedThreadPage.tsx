import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { FileDown, Merge, Split } from "lucide-react";
import { useMemo, useState, type ReactNode } from "react";
import { Link, useParams } from "react-router";
import { asProblem } from "@/api/problem";
import { saveFile } from "@/api/save-file";
import type { ReceivedAlert, ReceivedThreadChange, ReceivedThreadDetail } from "@/api/types";
import { useMay, useMe } from "@/auth/me";
import { ExerciseMark, SeverityMark } from "@/components/meanings";
import { Facts, Page, Section } from "@/components/Page";
import { QueryView } from "@/components/QueryView";
import { Time } from "@/components/Time";
import { Button } from "@/components/ui/button";
import { Skeleton, SkeletonRows } from "@/components/ui/skeleton";
import { Forbidden } from "@/components/ui/states";
import { toast } from "@/components/ui/toast";
import { t } from "@/i18n";
import { cn } from "@/lib/cn";
import { useFilter } from "@/lib/search-params";
import { receivedOneQuery, threadQuery, undoChange } from "./api/received";
import { SignatureMark } from "./components/marks";
import { OutlineMap } from "./components/OutlineMap";
import { ReceivedStateMark, Source } from "./components/received-marks";
import { JoinDialog, SplitDialog } from "./components/ThreadDialogs";

/** One event as its publishers tell of it: each alert with why it is here, and a way to put that right. */
export default function ReceivedThreadPage(): ReactNode {
  const { id = "" } = useParams();
  const me = useMe();
  const may = useMay("alerts:read");
  const query = useQuery({ ...threadQuery(id), enabled: may });
  const title = t("receivedAlerts.thread");
  if (!me) return <Page title={title}><SkeletonRows rows={12} /></Page>;
  if (!may) return <Page title={title}><Forbidden permission="alerts:read" /></Page>;
  return query.data ? (
    <Thread key={id} thread={query.data} query={query} />
  ) : (
    <Page title={title}>
      <QueryView query={query} loading={<div className="p-4"><Skeleton className="h-96" /></div>}>{() => null}</QueryView>
    </Page>
  );
}

interface ThreadProps {
  thread: ReceivedThreadDetail;
  query: Parameters<typeof QueryView<ReceivedThreadDetail>>[0]["query"];
}

function Thread({ thread, query }: ThreadProps): ReactNode {
  const may = useMay("alerts:draft");
  const { get, set } = useFilter();
  const [dialog, setDialog] = useState<"split" | "join" | null>(null);
  const sorted = useMemo(() => thread.items.toSorted((a, b) => b.sent.localeCompare(a.sent)), [thread.items]);
  const open = sorted.find((alert) => alert.id === get("alert")) ?? sorted[0] ?? null;
  return (
    <Page
      title={thread.headline ?? t("receivedAlerts.untitled")}
      aside={
        <>
          <SeverityMark severity={thread.severity} />
          <span className="tabular text-sm text-ink-2">{t("receivedAlerts.inForceOf", { inForce: thread.in_force, alerts: thread.alerts })}</span>
          <ExerciseMark exercise={thread.exercise} />
        </>
      }
      actions={
        may && !thread.merged_into ? (
          <>
            {thread.items.length > 1 ? (
              <Button onClick={() => setDialog("split")}>
                <Split aria-hidden />
                {t("receivedAlerts.split")}
              </Button>
            ) : null}
            <Button onClick={() => setDialog("join")}>
              <Merge aria-hidden />
              {t("receivedAlerts.join")}
            </Button>
          </>
        ) : null
      }
      className="p-3 sm:p-4"
    >
      <QueryView query={query}>
        {() => (
          <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_min(26rem,45%)]">
            <div className="flex min-w-0 flex-col gap-4">
              {thread.merged_into ? (
                <p className="font-medium">
                  {t("receivedAlerts.mergedInto")}{" "}
                  <Link to={`/alerts/received/${thread.merged_into}`} className="text-accent underline underline-offset-2">
                    {t("receivedAlerts.openMerged")}
                  </Link>
                </p>
              ) : null}
              <Section title={t("receivedAlerts.area")} className="print:hidden">
                <div className="relative h-72">
                  <OutlineMap alerts={sorted} selected={open?.id ?? null} onOpen={(alert) => set({ alert })} />
                </div>
              </Section>
              <Section title={t("receivedAlerts.count")}>
                <ol className="flex flex-col divide-y divide-line">
                  {sorted.map((alert) => (
                    <li key={alert.id}>
                      <Row alert={alert} current={alert.id === open?.id} onOpen={() => set({ alert: alert.id })} />
                    </li>
                  ))}
                </ol>
              </Section>
            </div>
            <div className="flex min-w-0 flex-col gap-4">
              {open ? <One key={open.id} alert={open} /> : null}
              <History thread={thread} />
            </div>
          </div>
        )}
      </QueryView>
      {dialog === "split" ? <SplitDialog thread={thread} onClose={() => setDialog(null)} /> : null}
      {dialog === "join" ? <JoinDialog thread={thread} onClose={() => setDialog(null)} /> : null}
    </Page>
  );
}

interface RowProps {
  alert: ReceivedAlert;
  current: boolean;
  onOpen: () => void;
}

const Row = ({ alert, current, onOpen }: RowProps): ReactNode => (
  <button
    type="button"
    data-row
    aria-current={current || undefined}
    onClick={onOpen}
    className={cn("flex w-full flex-col gap-1 px-3 py-2 text-start hover:bg-surface-2 focus-visible:-outline-offset-2", current && "bg-accent-soft/60")}
  >
    <span className="flex w-full flex-wrap items-center gap-x-3 gap-y-1">
      <SeverityMark severity={alert.severity} />
      <ReceivedStateMark state={alert.state} />
      <SignatureMark state={alert.signature} />
      <Time at={alert.sent} className="ms-auto text-xs text-ink-3" />
    </span>
    <span className="font-medium">{alert.headline}</span>
    <span className="flex flex-wrap gap-x-3 text-xs text-ink-2">
      <Source alert={alert} />
      <span>{alert.sender_name ?? alert.sender}</span>
    </span>
    <span className="text-xs text-ink-3">
      {t(`receivedAlerts.how.${alert.how}`)}: {alert.why}
    </span>
  </button>
);

/** One alert of the thread: who says it, whether that is certain, and what it refers to. */
function One({ alert }: { alert: ReceivedAlert }): ReactNode {
  const detail = useQuery(receivedOneQuery(alert.id));
  const save = useMutation({ mutationFn: () => saveFile(`/api/v1/received-alerts/${alert.id}/document`, `${alert.id}.xml`), onError: (error) => toast(asProblem(error).message, { tone: "danger" }) });
  return (
    <Section
      title={alert.headline}
      actions={
        <Button size="small" busy={save.isPending} onClick={() => save.mutate()}>
          <FileDown aria-hidden />
          {t("receivedAlerts.document")}
        </Button>
      }
    >
      <QueryView query={detail} loading={<SkeletonRows rows={6} />}>
        {(one) => (
          <Facts
            facts={[
              [t("receivedAlerts.event"), one.event],
              [t("alerts.urgency"), one.urgency],
              [t("alerts.certainty"), one.certainty],
              [t("receivedAlerts.area"), one.area],
              [t("receivedAlerts.sent"), <Time key="sent" at={one.sent} />],
              [
                t("receivedAlerts.expires"),
                <span key="expires">
                  <Time at={one.expires_at} />
                  {one.expires_given ? null : ` (${t("receivedAlerts.expiresAssumed")})`}
                </span>,
              ],
              [
                t("receivedAlerts.signature"),
                <span key="signature" className="flex flex-col items-start gap-1">
                  <SignatureMark state={one.signature} />
                  {one.signer ? <span className="text-xs break-all text-ink-2">{t("receivedAlerts.signer")} {one.signer}</span> : null}
                  {one.signature_detail ? <span className="text-xs text-ink-2">{one.signature_detail}</span> : null}
                </span>,
              ],
              [t("receivedAlerts.source"), <Source key="source" alert={one} />],
              [t("receivedAlerts.received"), <Time key="received" at={one.received_at} />],
              ...(one.received_by ? [["", t("receivedAlerts.importedBy", { name: one.received_by })] as const] : []),
              [t("alerts.sender"), <span key="sender" className="text-xs break-all">{one.sender}</span>],
              [t("alerts.identifier"), <span key="identifier" className="text-xs break-all">{one.identifier}</span>],
              [
                t("receivedAlerts.tolerated"),
                one.tolerated.length === 0 ? (
                  t("receivedAlerts.toleratedNone")
                ) : (
                  <ul key="tolerated" className="text-xs">
                    {one.tolerated.map((each) => (
                      <li key={`${each.code} ${each.where}`}>
                        {each.text} <span className="text-ink-3">{each.where}</span>
                      </li>
                    ))}
                  </ul>
                ),
              ],
              ...(one.references.length > 0
                ? [
                    [
                      t("receivedAlerts.references"),
                      <ul key="references" className="flex flex-col gap-1 text-xs">
                        {one.references.map((each) => (
                          <li key={`${each.sender} ${each.identifier}`} className="break-all">
                            {each.identifier}{" "}
                            <span className="text-ink-3">
                              {each.received_id === null
                                ? t("receivedAlerts.unknownHere")
                                : each.effect === null || each.effect === "none"
                                  ? t("receivedAlerts.effectNone", { why: each.why ?? "–" })
                                  : t(`receivedAlerts.effect.${each.effect}`)}
                            </span>
                          </li>
                        ))}
                      </ul>,
                    ] as const,
                  ]
                : []),
              [t("receivedAlerts.why"), `${t(`receivedAlerts.how.${one.how}`)}: ${one.why}`],
            ]}
          />
        )}
      </QueryView>
    </Section>
  );
}

/** What was split and joined, by whom and why; the last of it can be taken back. */
function History({ thread }: { thread: ReceivedThreadDetail }): ReactNode {
  return (
    <Section title={t("receivedAlerts.history")}>
      {thread.changes.length === 0 ? <p className="p-3 text-sm text-ink-3">{t("receivedAlerts.historyEmpty")}</p> : null}
      <ol className="flex flex-col divide-y divide-line">
        {thread.changes
          .toSorted((a, b) => b.at.localeCompare(a.at))
          .map((change) => (
            <li key={change.id} className="flex items-start gap-2 px-3 py-2">
              <ThreadChange change={change} />
            </li>
          ))}
      </ol>
    </Section>
  );
}

function ThreadChange({ change }: { change: ReceivedThreadChange }): ReactNode {
  const may = useMay("alerts:draft");
  const client = useQueryClient();
  const undo = useMutation({
    mutationFn: () => undoChange(change.id),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["received-alerts"] });
      toast(t("receivedAlerts.undoneToast"));
    },
    onError: (error) => toast(asProblem(error).message, { tone: "danger" }),
  });
  return (
    <>
      <div className="min-w-0 flex-1">
        <p className={cn(change.undone_at && "text-ink-3 line-through")}>
          <span className="font-medium">{t(`receivedAlerts.kind.${change.kind}`)}</span> · {change.by ?? t("receivedAlerts.machine")} · <Time at={change.at} className="text-ink-3" />
        </p>
        <p className="text-xs text-ink-2">{change.why}</p>
        {change.undone_by ? <p className="text-xs text-ink-3">{t("receivedAlerts.undone", { name: change.undone_by })}</p> : null}
      </div>
      {may && !change.undone_at ? (
        <Button size="small" busy={undo.isPending} disabled={!change.undoable} title={change.undoable ? undefined : t("receivedAlerts.cannotUndo")} onClick={() => undo.mutate()}>
          {t("receivedAlerts.undo")}
        </Button>
      ) : null}
    </>
  );
}
