import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus, Trash2 } from "lucide-react";
import { useState, type ReactNode, type SubmitEvent } from "react";
import { asProblem, Problem } from "@/api/problem";
import type { AlertFeed } from "@/api/types";
import { useMay } from "@/auth/me";
import { ExerciseMark, FreshnessMark } from "@/components/meanings";
import { Facts } from "@/components/Page";
import { QueryView } from "@/components/QueryView";
import { Time } from "@/components/Time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Dialog, Sheet } from "@/components/ui/dialog";
import { Checkbox, Field, Input, Select } from "@/components/ui/field";
import { Empty, FormProblem } from "@/components/ui/states";
import { toast } from "@/components/ui/toast";
import { t } from "@/i18n";
import { cn } from "@/lib/cn";
import { age, shortTime } from "@/lib/time";
import { useDraft } from "@/lib/use-draft";
import { useExercise } from "@/lib/world";
import { addAlertFeed, alertFeedsQuery, changeAlertFeed, feedQuarantineQuery, pauseAlertFeed, pollAlertFeed, removeAlertFeed } from "./api/received";
import { LibraryFrame } from "./components/LibraryFrame";

/** The publishers that are listened to, and whether their news arrives. */
export default function AlertFeedsPage(): ReactNode {
  const may = useMay("alerts:manage");
  const query = useQuery({ ...alertFeedsQuery, enabled: may });
  const [editing, setEditing] = useState<AlertFeed | "new" | null>(null);
  const [quarantineOf, setQuarantineOf] = useState<AlertFeed | null>(null);
  const add = (
    <Button look="primary" onClick={() => setEditing("new")}>
      <Plus aria-hidden />
      {t("receivedAlerts.addFeed")}
    </Button>
  );
  return (
    <LibraryFrame place="feeds" actions={add}>
      <QueryView query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t("receivedAlerts.noFeeds")} action={add}>{t("receivedAlerts.feedsExplained")}</Empty>
          ) : (
            <ul className="grid items-start gap-4 p-3 sm:p-4 lg:grid-cols-2">
              {items.map((feed) => (
                <li key={feed.id}>
                  <FeedCard feed={feed} onEdit={() => setEditing(feed)} onQuarantine={() => setQuarantineOf(feed)} />
                </li>
              ))}
            </ul>
          )
        }
      </QueryView>
      {editing ? <FeedDialog feed={editing === "new" ? null : editing} onClose={() => setEditing(null)} /> : null}
      {quarantineOf ? (
        <Sheet open onOpenChange={(open) => (open ? undefined : setQuarantineOf(null))} title={t("hazards.quarantineTitle", { name: quarantineOf.name })}>
          <Quarantine id={quarantineOf.id} />
        </Sheet>
      ) : null}
    </LibraryFrame>
  );
}

interface FeedCardProps {
  feed: AlertFeed;
  onEdit: () => void;
  onQuarantine: () => void;
}

function FeedCard({ feed, onEdit, onQuarantine }: FeedCardProps): ReactNode {
  const client = useQueryClient();
  const read = (): void => void client.invalidateQueries({ queryKey: alertFeedsQuery.queryKey });
  const refused = (error: unknown): void => toast(asProblem(error).message, { tone: "danger" });
  const pause = useMutation({
    mutationFn: (paused: boolean) => pauseAlertFeed(feed.id, paused),
    onSuccess: (_answer, paused) => {
      read();
      toast(t(paused ? "hazards.pausedToast" : "hazards.resumedToast", { name: feed.name }), { undo: () => pause.mutate(!paused) });
    },
    onError: refused,
  });
  const poll = useMutation({
    mutationFn: () => pollAlertFeed(feed.id),
    onSuccess: () => {
      read();
      toast(t("hazards.polling"));
    },
    onError: refused,
  });
  const again = useMutation({
    mutationFn: () => addAlertFeed({ name: feed.name, kind: feed.kind, url: feed.url, poll_seconds: feed.poll_seconds, exercise: feed.exercise }),
    onSuccess: read,
    onError: refused,
  });
  const remove = useMutation({
    mutationFn: () => removeAlertFeed(feed.id),
    onSuccess: () => {
      read();
      toast(t("receivedAlerts.feedRemoved", { name: feed.name }), { undo: () => again.mutate() });
    },
    onError: refused,
  });
  return (
    <article aria-label={feed.name} className={cn("rounded-md border border-line bg-surface-1", feed.state === "stale" && "border-dashed border-line-strong")}>
      <header className="flex flex-wrap items-center gap-2 border-b border-line px-3 py-2">
        <h2 className="min-w-0 text-sm font-semibold">{feed.name}</h2>
        <FreshnessMark state={feed.state} />
        <span className="tabular text-xs text-ink-2">{age(feed.age_seconds)}</span>
        {feed.paused ? <Badge tone="warning">{t("hazards.paused")}</Badge> : null}
        <ExerciseMark exercise={feed.exercise} />
      </header>
      <Facts
        facts={[
          [t("hazards.lastSuccess"), <Time key="success" at={feed.last_success_at} />],
          [
            t("hazards.lastError"),
            feed.last_error ? (
              <span key="error" className="text-danger">
                {feed.last_error}
                {feed.consecutive_failures > 0 ? ` · ${t("hazards.failures", { count: feed.consecutive_failures })}` : ""}
              </span>
            ) : (
              t("common.none")
            ),
          ],
          [
            t("hazards.nextPoll"),
            feed.breaker === "open" ? (
              t("hazards.breakerOpen", { time: shortTime(feed.next_poll_at) })
            ) : (
              <span key="next">
                <Time at={feed.next_poll_at} /> · {t("hazards.every", { seconds: feed.poll_seconds })}
              </span>
            ),
          ],
          [t("receivedAlerts.alertsOfFeed"), <span key="alerts" className="tabular">{t("receivedAlerts.inForceOf", { inForce: feed.in_force, alerts: feed.alerts })}</span>],
          ...(feed.links_waiting > 0 ? [[t("receivedAlerts.linksWaiting"), <span key="links" className="tabular">{feed.links_waiting}</span>] as const] : []),
          [
            t("hazards.quarantined"),
            feed.quarantined > 0 ? (
              <Button key="quarantine" size="small" onClick={onQuarantine}>
                {feed.quarantined.toLocaleString()}
                <span className="sr-only">{t("hazards.quarantineTitle", { name: feed.name })}</span>
              </Button>
            ) : (
              t("common.none")
            ),
          ],
          [t("receivedAlerts.feedKind"), t(`receivedAlerts.feedKind.${feed.kind}`)],
          [t("receivedAlerts.feedUrl"), <span key="url" className="text-xs break-all text-ink-3">{feed.url}</span>],
        ]}
      />
      <footer className="no-print flex flex-wrap gap-2 border-t border-line px-3 py-2">
        <Button busy={poll.isPending} onClick={() => poll.mutate()}>
          {t("hazards.pollNow")}
        </Button>
        <Button busy={pause.isPending} onClick={() => pause.mutate(!feed.paused)}>
          {t(feed.paused ? "hazards.resume" : "hazards.pause")}
        </Button>
        <Button aria-label={t("receivedAlerts.editFeed", { name: feed.name })} onClick={onEdit}>
          {t("common.edit")}
        </Button>
        <Button look="quiet" size="icon" className="ms-auto" busy={remove.isPending} aria-label={t("receivedAlerts.removeFeed", { name: feed.name })} onClick={() => remove.mutate()}>
          <Trash2 />
        </Button>
      </footer>
    </article>
  );
}

const kindOf = (feed: AlertFeed | null): AlertFeed["kind"] => feed?.kind ?? "cap";

function FeedDialog({ feed, onClose }: { feed: AlertFeed | null; onClose: () => void }): ReactNode {
  const client = useQueryClient();
  const exercise = useExercise();
  const [form, change, clear] = useDraft(`alert-feed.${feed?.id ?? "new"}`, {
    name: feed?.name ?? "",
    kind: kindOf(feed),
    url: feed?.url ?? "",
    seconds: feed ? String(feed.poll_seconds) : "",
    exercise,
  });
  const [checked, setChecked] = useState(false);
  const save = useMutation({
    mutationFn: async (): Promise<unknown> => {
      const name = form.name.trim();
      const url = form.url.trim();
      const pace = form.seconds.trim() ? { poll_seconds: Number(form.seconds) } : {};
      return feed ? changeAlertFeed(feed, { name, url, ...pace }) : addAlertFeed({ name, url, kind: form.kind, exercise: form.exercise, ...pace });
    },
    onSuccess: () => {
      clear();
      void client.invalidateQueries({ queryKey: alertFeedsQuery.queryKey });
      toast(t("common.saved"));
      onClose();
    },
  });
  const problem = save.error instanceof Problem ? save.error : null;
  const needed = (text: string): string | undefined => (checked && !text.trim() ? t("receivedAlerts.needed") : undefined);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    setChecked(true);
    if (form.name.trim() && form.url.trim()) save.mutate();
  };
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())} title={feed ? t("receivedAlerts.editFeed", { name: feed.name }) : t("receivedAlerts.addFeed")} description={t("receivedAlerts.feedsExplained")}>
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        <Field label={t("receivedAlerts.feedName")} error={needed(form.name) ?? problem?.field("/name")}>
          {(control) => <Input {...control} autoFocus maxLength={200} value={form.name} onChange={(e) => change({ name: e.target.value })} />}
        </Field>
        {feed ? null : (
          <Field label={t("receivedAlerts.feedKind")} error={problem?.field("/kind")}>
            {(control) => (
              <Select {...control} value={form.kind} onChange={(e) => change({ kind: e.target.value as AlertFeed["kind"] })}>
                {(["cap", "nws"] as const).map((kind) => (
                  <option key={kind} value={kind}>
                    {t(`receivedAlerts.feedKind.${kind}`)}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        )}
        <Field label={t("receivedAlerts.feedUrl")} error={needed(form.url) ?? problem?.field("/url")}>
          {(control) => <Input {...control} type="url" autoComplete="off" maxLength={2000} value={form.url} onChange={(e) => change({ url: e.target.value })} />}
        </Field>
        <Field label={t("receivedAlerts.feedSeconds")} hint={t("receivedAlerts.feedSecondsHint")} error={problem?.field("/poll_seconds")}>
          {(control) => <Input {...control} type="number" min="1" value={form.seconds} onChange={(e) => change({ seconds: e.target.value })} />}
        </Field>
        {feed ? null : <Checkbox label={t("receivedAlerts.feedExercise")} checked={form.exercise} onChange={(e) => change({ exercise: e.target.checked })} />}
        <FormProblem error={save.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" look="primary" busy={save.isPending}>
            {t("common.save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Quarantine({ id }: { id: string }): ReactNode {
  const query = useQuery(feedQuarantineQuery(id));
  return (
    <QueryView query={query}>
      {({ items }) => (
        <ul className="flex flex-col divide-y divide-line">
          {items.length === 0 ? <li className="text-ink-3">{t("hazards.quarantineNone")}</li> : null}
          {items.map((document) => (
            <li key={document.id} className="flex flex-col gap-1 py-2">
              <p className="flex justify-between gap-2">
                <span className="font-medium">{document.detail}</span>
                <Time at={document.last_received_at} className="shrink-0 text-xs text-ink-3" />
              </p>
              <p className="text-xs text-ink-3">
                {document.reason} · {t("hazards.size", { bytes: document.size_bytes })} {document.external_id ? `· ${document.external_id}` : ""}
              </p>
              <pre className="overflow-hidden rounded bg-surface-2 p-2 text-xs break-all whitespace-pre-wrap">{document.excerpt}</pre>
            </li>
          ))}
        </ul>
      )}
    </QueryView>
  );
}
