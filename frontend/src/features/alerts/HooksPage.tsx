import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Check, CircleX, Clock, KeyRound, Pause, Play, Plus, RotateCw, ScrollText } from "lucide-react";
import { useState, type ReactNode, type SubmitEvent } from "react";
import { asProblem, Problem } from "@/api/problem";
import type { PartnerHook, PartnerHookDelivery } from "@/api/types";
import { useMay } from "@/auth/me";
import { ExerciseMark } from "@/components/meanings";
import { Facts } from "@/components/Page";
import { QueryView } from "@/components/QueryView";
import { Time } from "@/components/Time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Dialog, Sheet } from "@/components/ui/dialog";
import { Checkbox, Field, Input } from "@/components/ui/field";
import { Empty, FormProblem } from "@/components/ui/states";
import { toast } from "@/components/ui/toast";
import { t } from "@/i18n";
import { useDraft } from "@/lib/use-draft";
import { useExercise } from "@/lib/world";
import { addHook, changeHook, hookLogQuery, hooksQuery, renewHookSecret, sendAgain } from "./api/library";
import { LibraryFrame } from "./components/LibraryFrame";
import { SecretOnce } from "./components/SecretOnce";

/** Partners' systems that are told of alerts. */
export default function HooksPage(): ReactNode {
  const may = useMay("alerts:manage");
  const query = useQuery({ ...hooksQuery, enabled: may, refetchInterval: 30_000 });
  const [adding, setAdding] = useState(false);
  const [logOf, setLogOf] = useState<PartnerHook | null>(null);
  const [secret, setSecret] = useState<{ name: string; secret: string } | null>(null);
  const add = (
    <Button look="primary" onClick={() => setAdding(true)}>
      <Plus aria-hidden />
      {t("alertLibrary.addHook")}
    </Button>
  );
  return (
    <LibraryFrame place="hooks" actions={add}>
      <QueryView query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t("alertLibrary.hooksEmpty")} action={add}>{t("alertLibrary.hooksEmptyDetail")}</Empty>
          ) : (
            <ul className="grid items-start gap-4 p-3 sm:p-4 lg:grid-cols-2">
              {items.map((hook) => (
                <li key={hook.id}>
                  <HookCard hook={hook} onLog={() => setLogOf(hook)} onSecret={(text) => setSecret({ name: hook.name, secret: text })} />
                </li>
              ))}
            </ul>
          )
        }
      </QueryView>
      {adding ? <AddHookDialog onClose={() => setAdding(false)} /> : null}
      {logOf ? (
        <Sheet open onOpenChange={(open) => (open ? undefined : setLogOf(null))} title={t("alertLibrary.logOf", { name: logOf.name })}>
          <Log hook={logOf} />
        </Sheet>
      ) : null}
      {secret ? <SecretOnce title={t("alertLibrary.secretTitle", { name: secret.name })} secret={secret.secret} onClose={() => setSecret(null)} /> : null}
    </LibraryFrame>
  );
}

interface HookCardProps {
  hook: PartnerHook;
  onLog: () => void;
  onSecret: (secret: string) => void;
}

function HookCard({ hook, onLog, onSecret }: HookCardProps): ReactNode {
  const client = useQueryClient();
  const refused = (error: unknown): void => toast(asProblem(error).message, { tone: "danger" });
  const read = (): void => void client.invalidateQueries({ queryKey: hooksQuery.queryKey });
  const pause = useMutation({
    mutationFn: (active: boolean) => changeHook(hook, { active }),
    onSuccess: ({ active, name }) => {
      read();
      toast(t(active ? "alertLibrary.resumed" : "alertLibrary.paused", { name }));
    },
    onError: refused,
  });
  const renew = useMutation({ mutationFn: () => renewHookSecret(hook.id), onSuccess: ({ secret }) => onSecret(secret), onError: refused });
  return (
    <article aria-label={hook.name} className="rounded-md border border-line bg-surface-1">
      <header className="flex flex-wrap items-center gap-2 border-b border-line px-3 py-2">
        <h2 className="min-w-0 text-sm font-semibold">{hook.name}</h2>
        {hook.active ? null : <Badge tone="warning">{t("alertLibrary.hookPaused")}</Badge>}
        <ExerciseMark exercise={hook.exercise} />
      </header>
      <Facts
        facts={[
          [t("alertLibrary.hookUrl"), <span key="url" className="text-xs break-all text-ink-2">{hook.url}</span>],
          [t("alertLibrary.lastDelivered"), <Time key="last" at={hook.last_delivered_at} />],
          [t("alertLibrary.pending"), <span key="pending" className="tabular">{hook.pending}</span>],
          [t("alertLibrary.failed"), <span key="failed" className={hook.failed > 0 ? "tabular font-medium text-danger" : "tabular"}>{hook.failed}</span>],
        ]}
      />
      <footer className="no-print flex flex-wrap gap-2 border-t border-line px-3 py-2">
        <Button onClick={onLog}>
          <ScrollText aria-hidden />
          {t("alertLibrary.log")}
        </Button>
        <Button busy={pause.isPending} onClick={() => pause.mutate(!hook.active)}>
          {hook.active ? <Pause aria-hidden /> : <Play aria-hidden />}
          {t(hook.active ? "alertLibrary.pause" : "alertLibrary.resume")}
        </Button>
        <Button busy={renew.isPending} onClick={() => renew.mutate()}>
          <KeyRound aria-hidden />
          {t("alertLibrary.secret")}
        </Button>
      </footer>
    </article>
  );
}

function AddHookDialog({ onClose }: { onClose: () => void }): ReactNode {
  const client = useQueryClient();
  const exercise = useExercise();
  const [form, change, clear] = useDraft("partner-hook", { name: "", url: "", exercise });
  const [checked, setChecked] = useState(false);
  const save = useMutation({
    mutationFn: () => addHook({ name: form.name.trim(), url: form.url.trim(), exercise: form.exercise }),
    onSuccess: () => {
      clear();
      void client.invalidateQueries({ queryKey: hooksQuery.queryKey });
      onClose();
    },
  });
  const problem = save.error instanceof Problem ? save.error : null;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    setChecked(true);
    if (form.name.trim() && form.url.trim()) save.mutate();
  };
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())} title={t("alertLibrary.addHook")} description={t("alertLibrary.addHookDetail")}>
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        <Field label={t("alertLibrary.hookName")} error={checked && !form.name.trim() ? t("alertLibrary.nameNeeded") : problem?.field("/name")}>
          {(control) => <Input {...control} autoFocus maxLength={200} value={form.name} onChange={(e) => change({ name: e.target.value })} />}
        </Field>
        <Field label={t("alertLibrary.hookUrl")} hint={t("alertLibrary.hookUrlHint")} error={checked && !form.url.trim() ? t("alertLibrary.hookUrlNeeded") : problem?.field("/url")}>
          {(control) => <Input {...control} type="url" autoComplete="off" maxLength={1000} value={form.url} onChange={(e) => change({ url: e.target.value })} />}
        </Field>
        <div>
          <Checkbox label={t("alertLibrary.hookExercise")} checked={form.exercise} onChange={(e) => change({ exercise: e.target.checked })} />
          <p className="text-xs text-ink-3">{t("alertLibrary.hookExerciseHint")}</p>
        </div>
        <FormProblem error={save.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" look="primary" busy={save.isPending}>
            {t("alertLibrary.addHook")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Log({ hook }: { hook: PartnerHook }): ReactNode {
  const query = useInfiniteQuery(hookLogQuery(hook.id));
  return (
    <QueryView query={query}>
      {({ pages }) => {
        const items = pages.flatMap((page) => page.items);
        return (
          <>
            {items.length === 0 ? <p className="text-sm text-ink-3">{t("alertLibrary.logEmpty")}</p> : null}
            <ul className="flex flex-col divide-y divide-line">
              {items.map((delivery) => (
                <li key={delivery.id}>
                  <Delivery delivery={delivery} hookId={hook.id} />
                </li>
              ))}
            </ul>
            {query.hasNextPage ? (
              <Button look="quiet" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                {t("common.loadMore")}
              </Button>
            ) : null}
          </>
        );
      }}
    </QueryView>
  );
}

const LOOK = {
  pending: { icon: Clock, tone: "warning" },
  delivered: { icon: Check, tone: "success" },
  failed: { icon: CircleX, tone: "danger" },
} as const;

function Delivery({ delivery, hookId }: { delivery: PartnerHookDelivery; hookId: string }): ReactNode {
  const client = useQueryClient();
  const again = useMutation({
    mutationFn: () => sendAgain(delivery.id),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: hookLogQuery(hookId).queryKey });
      toast(t("alertLibrary.resent"));
    },
    onError: (error) => toast(asProblem(error).message, { tone: "danger" }),
  });
  const { icon: Icon, tone } = LOOK[delivery.state];
  return (
    <div className="flex flex-col gap-1 py-2">
      <div className="flex flex-wrap items-center gap-2">
        <Badge tone={tone}>
          <Icon aria-hidden />
          {t(`alertLibrary.delivery.${delivery.state}`)}
        </Badge>
        <span className="min-w-0 truncate text-sm">{delivery.type}</span>
        <Time at={delivery.created_at} className="ms-auto text-xs text-ink-3" />
      </div>
      <ol className="tabular text-xs text-ink-2">
        {delivery.attempts.map((attempt) => (
          <li key={attempt.number} className="flex justify-between gap-2">
            <span>{t("alertLibrary.attempt", { number: attempt.number, answer: attempt.status === null ? (attempt.error ?? "–") : `HTTP ${attempt.status}`, milliseconds: attempt.milliseconds })}</span>
            <Time at={attempt.at} className="text-ink-3" />
          </li>
        ))}
        {delivery.state === "pending" && delivery.next_at ? (
          <li className="flex justify-between gap-2 text-ink-3">
            {t("alertLibrary.nextTry")} <Time at={delivery.next_at} />
          </li>
        ) : null}
      </ol>
      <Button size="small" className="self-start" busy={again.isPending} onClick={() => again.mutate()}>
        <RotateCw aria-hidden />
        {t("alertLibrary.resend")}
      </Button>
    </div>
  );
}
