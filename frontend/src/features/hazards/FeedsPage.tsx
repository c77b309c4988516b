import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { asProblem } from "@/api/problem";
import type { Feed } from "@/api/types";
import { useMay } from "@/auth/me";
import { ExerciseMark, FreshnessMark } from "@/components/meanings";
import { Facts, Page } from "@/components/Page";
import { QueryView } from "@/components/QueryView";
import { Time } from "@/components/Time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Sheet } from "@/components/ui/dialog";
import { Empty } from "@/components/ui/states";
import { toast } from "@/components/ui/toast";
import { t } from "@/i18n";
import { cn } from "@/lib/cn";
import { age, shortTime } from "@/lib/time";
import { feedsQuery, pauseFeed, pollFeed, quarantineQuery } from "./api/feeds";

/** Whether news arrives: the state and age of every feed, what failed, what was set aside. */
export default function FeedsPage(): ReactNode {
  const query = useQuery(feedsQuery);
  const [quarantineOf, setQuarantineOf] = useState<Feed | null>(null);
  return (
    <Page title={t("hazards.feeds")} className="p-3 sm:p-4">
      <QueryView query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t("hazards.feedsEmpty")} />
          ) : (
            <ul className="grid items-start gap-4 lg:grid-cols-2">
              {items.map((feed) => (
                <li key={feed.id}>
                  <FeedCard feed={feed} onQuarantine={() => setQuarantineOf(feed)} />
                </li>
              ))}
            </ul>
          )
        }
      </QueryView>
      {quarantineOf ? (
        <Sheet open onOpenChange={(open) => (open ? undefined : setQuarantineOf(null))} title={t("hazards.quarantineTitle", { name: quarantineOf.name })}>
          <Quarantine id={quarantineOf.id} />
        </Sheet>
      ) : null}
    </Page>
  );
}

interface FeedCardProps {
  feed: Feed;
  onQuarantine: () => void;
}

function FeedCard({ feed, onQuarantine }: FeedCardProps): ReactNode {
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
            feed.breaker === "open" && feed.next_poll_at ? (
              t("hazards.breakerOpen", { time: shortTime(feed.next_poll_at) })
            ) : (
              <span key="next">
                <Time at={feed.next_poll_at} /> · {t("hazards.every", { seconds: feed.poll_seconds })}
              </span>
            ),
          ],
          [t("hazards.hazardsOfFeed"), <span key="count" className="tabular">{feed.hazards.toLocaleString()}</span>],
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
          [t("hazards.source"), <span key="url" className="text-xs break-all text-ink-3">{feed.url}</span>],
        ]}
      />
      <FeedActions feed={feed} />
    </article>
  );
}

function FeedActions({ feed }: { feed: Feed }): ReactNode {
  const may = useMay("hazards:manage");
  const client = useQueryClient();
  const refused = (error: unknown): void => toast(asProblem(error).message, { tone: "danger" });
  const read = (): void => void client.invalidateQueries({ queryKey: ["hazards", "feeds"] });
  const pause = useMutation({
    mutationFn: (paused: boolean) => pauseFeed(feed.id, paused),
    onSuccess: (_answer, paused) => {
      read();
      toast(t(paused ? "hazards.pausedToast" : "hazards.resumedToast", { name: feed.name }), { undo: () => pause.mutate(!paused) });
    },
    onError: refused,
  });
  const poll = useMutation({
    mutationFn: () => pollFeed(feed.id),
    onSuccess: () => {
      read();
      toast(t("hazards.polling"));
    },
    onError: refused,
  });
  if (!may) return null;
  return (
    <footer className="no-print flex gap-2 border-t border-line px-3 py-2">
      <Button busy={poll.isPending} onClick={() => poll.mutate()}>
        {t("hazards.pollNow")}
      </Button>
      <Button busy={pause.isPending} onClick={() => pause.mutate(!feed.paused)}>
        {t(feed.paused ? "hazards.resume" : "hazards.pause")}
      </Button>
    </footer>
  );
}

function Quarantine({ id }: { id: string }): ReactNode {
  const query = useQuery(quarantineQuery(id));
  return (
    <QueryView query={query}>
      {({ items }) => (
        <ul className="flex flex-col divide-y divide-line">
          {items.length === 0 ? <li className="text-ink-3">{t("hazards.quarantineNone")}</li> : null}
          {items.map((document) => (
            <li key={document.id} className="flex flex-col gap-1 py-2">
              <p className="flex justify-between gap-2">
                <span className="font-medium">{document.detail}</span>
                <Time at={document.received_at} className="shrink-0 text-xs text-ink-3" />
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
