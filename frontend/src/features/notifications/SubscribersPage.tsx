import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { Download, FileUp, Pause, Play, Trash2 } from "lucide-react";
import { useState, type ReactNode } from "react";
import { asProblem } from "@/api/problem";
import type { Subscriber } from "@/api/types";
import { useMay } from "@/auth/me";
import { HeldPages } from "@/components/HeldPages";
import { SearchBox } from "@/components/SearchBox";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Select } from "@/components/ui/field";
import { Empty, FormProblem } from "@/components/ui/states";
import { toast } from "@/components/ui/toast";
import { t, type MessageKey } from "@/i18n";
import { useFilter } from "@/lib/search-params";
import { useExercise } from "@/lib/world";
import { pauseSubscriber, removeSubscriber, saveSubscribers, subscribersQuery, type SubscriberFilter } from "./api/subscribers";
import { Frame } from "./components/Frame";
import { ImportDialog } from "./components/ImportDialog";
import { nameOf, SubscriberTable } from "./components/SubscriberTable";

const KINDS = ["person", "partner", "staff"] as const;
const SOURCES = ["public", "import"] as const;
const STATUSES = ["active", "paused"] as const;
const FILTERS = ["kind", "source", "status", "q"] as const;

/** What the address asks for. */
function useSubscriberFilter(): SubscriberFilter {
  const exercise = useExercise();
  const { get } = useFilter();
  return {
    exercise,
    kind: KINDS.find((each) => each === get("kind")) ?? null,
    source: SOURCES.find((each) => each === get("source")) ?? null,
    status: STATUSES.find((each) => each === get("status")) ?? null,
    list: get("q"),
  };
}

/** Who wants to be warned, where and of what; no address, name or place is shown in full. */
export default function SubscribersPage(): ReactNode {
  const mayExport = useMay("notifications:recipients");
  const filter = useSubscriberFilter();
  const [importing, setImporting] = useState(false);
  const save = useMutation({ mutationFn: () => saveSubscribers(filter), onError: (error) => toast(asProblem(error).message, { tone: "danger" }) });
  const button = (
    <Button look="primary" onClick={() => setImporting(true)}>
      <FileUp aria-hidden />
      {t("notifications.import")}
    </Button>
  );
  return (
    <Frame
      place="subscribers"
      actions={
        <>
          {mayExport ? (
            <Button busy={save.isPending} title={t("notifications.exportHint")} onClick={() => save.mutate()}>
              <Download aria-hidden />
              {t("notifications.exportSubscribers")}
            </Button>
          ) : null}
          {button}
        </>
      }
    >
      <Filters />
      <Subscribers filter={filter} action={button} />
      {importing ? <ImportDialog onClose={() => setImporting(false)} /> : null}
    </Frame>
  );
}

interface ChoiceProps {
  name: (typeof FILTERS)[number];
  label: MessageKey;
  any: MessageKey;
  options: readonly (readonly [value: string, label: string])[];
}

function Choice({ name, label, any, options }: ChoiceProps): ReactNode {
  const { get, set } = useFilter();
  return (
    <Select aria-label={t(label)} value={get(name) ?? ""} onChange={(e) => set({ [name]: e.target.value })} className="w-auto">
      <option value="">{t(any)}</option>
      {options.map(([value, text]) => (
        <option key={value} value={value}>
          {text}
        </option>
      ))}
    </Select>
  );
}

function Filters(): ReactNode {
  const { get, set } = useFilter();
  return (
    <div className="no-print flex flex-wrap items-center gap-2 border-b border-line px-3 py-2">
      <SearchBox label={t("notifications.listFilter")} className="w-56 max-sm:w-full" />
      <Choice name="kind" label="notifications.kind" any="notifications.anyKind" options={KINDS.map((each) => [each, t(`notifications.kind.${each}`)])} />
      <Choice name="source" label="notifications.source" any="notifications.anySource" options={SOURCES.map((each) => [each, t(`notifications.source.${each}`)])} />
      <Choice name="status" label="notifications.status" any="notifications.anyStatus" options={STATUSES.map((each) => [each, t(`notifications.status.${each}`)])} />
      {FILTERS.some((name) => get(name) !== null) ? (
        <Button size="small" look="quiet" onClick={() => set(Object.fromEntries(FILTERS.map((name) => [name, null])))}>
          {t("common.clearFilters")}
        </Button>
      ) : null}
    </div>
  );
}

function Subscribers({ filter, action }: { filter: SubscriberFilter; action: ReactNode }): ReactNode {
  const query = useInfiniteQuery(subscribersQuery(filter));
  const { get } = useFilter();
  const [removing, setRemoving] = useState<Subscriber | null>(null);
  const narrowed = FILTERS.some((name) => get(name) !== null);
  return (
    <>
      <HeldPages
        query={query}
        listKey={JSON.stringify(filter)}
        empty={narrowed ? <Empty title={t("notifications.subscribersNone")} /> : <Empty title={t("notifications.subscribersEmpty")} action={action}>{t("notifications.subscribersEmptyDetail")}</Empty>}
      >
        {(rows) => <SubscriberTable subscribers={rows} acts={(subscriber) => <Acts subscriber={subscriber} onRemove={() => setRemoving(subscriber)} />} />}
      </HeldPages>
      {removing ? <RemoveDialog subscriber={removing} onClose={() => setRemoving(null)} /> : null}
    </>
  );
}

function Acts({ subscriber, onRemove }: { subscriber: Subscriber; onRemove: () => void }): ReactNode {
  const client = useQueryClient();
  const name = nameOf(subscriber);
  const pause = useMutation({
    mutationFn: (paused: boolean) => pauseSubscriber(subscriber.id, paused),
    onSuccess: (_answer, paused) => {
      void client.invalidateQueries({ queryKey: ["notifications", "subscribers"] });
      toast(t(paused ? "notifications.pausedToast" : "notifications.goneOnToast"), { undo: () => pause.mutate(!paused) });
    },
    onError: (error) => toast(asProblem(error).message, { tone: "danger" }),
  });
  const paused = subscriber.status === "paused";
  return (
    <span className="no-print flex items-center justify-end gap-1">
      <Button size="small" busy={pause.isPending} aria-label={t(paused ? "notifications.goOnOf" : "notifications.pauseOf", { name })} onClick={() => pause.mutate(!paused)}>
        {paused ? <Play aria-hidden /> : <Pause aria-hidden />}
        <span className="max-sm:sr-only">{t(paused ? "notifications.goOn" : "notifications.pause")}</span>
      </Button>
      <Button look="quiet" size="icon" className="size-7 coarse:size-11" aria-label={t("notifications.removeOf", { name })} onClick={onRemove}>
        <Trash2 />
      </Button>
    </span>
  );
}

function RemoveDialog({ subscriber, onClose }: { subscriber: Subscriber; onClose: () => void }): ReactNode {
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => removeSubscriber(subscriber.id),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["notifications", "subscribers"] });
      toast(t("notifications.removed"));
      onClose();
    },
  });
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())} title={t("notifications.removeTitle")} description={t("notifications.removeDetail", { name: nameOf(subscriber) })}>
      <FormProblem error={remove.error} />
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button look="danger" busy={remove.isPending} onClick={() => remove.mutate()}>
          {t("notifications.remove")}
        </Button>
      </div>
    </Dialog>
  );
}
