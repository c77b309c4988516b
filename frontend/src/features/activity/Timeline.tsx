import type { ReactNode } from "react";
import { Link, useSearchParams } from "react-router";
import type { Activity } from "@/api/types";
import { useNow } from "@/components/Time";
import { Badge } from "@/components/ui/badge";
import { languageTag, t } from "@/i18n";
import { cn } from "@/lib/cn";
import { age, fullTime, timeZone } from "@/lib/time";
import { groupOf } from "./groups";

interface TimelineProps {
  entries: readonly Activity[];
  selected: string | null;
  /** Names of incidents by id; an incident that is not known is shown by nothing. */
  incidentName: (id: string) => string | undefined;
}

const day = (instant: string): string =>
  new Intl.DateTimeFormat(languageTag(), { weekday: "short", year: "numeric", month: "short", day: "numeric", timeZone: timeZone() }).format(new Date(instant));

const clock = (instant: string): string =>
  new Intl.DateTimeFormat(languageTag(), { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZone: timeZone() }).format(new Date(instant));

const columns = "@xl:grid-cols-[4.5rem_9.5rem_1fr_3.5rem] @4xl:grid-cols-[4.5rem_11rem_1fr_minmax(0,12rem)_3.5rem]";

/** Who, what, when: one line an entry, under its day. */
export function Timeline({ entries, selected, incidentName }: TimelineProps): ReactNode {
  const days: { name: string; entries: Activity[] }[] = [];
  for (const entry of entries) {
    const name = day(entry.time);
    const last = days.at(-1);
    if (last?.name === name) last.entries.push(entry);
    else days.push({ name, entries: [entry] });
  }
  return (
    // Columns by the room there is, not by the screen: a panel beside the list takes some.
    <div className="@container">
      <div aria-hidden className={cn("hidden gap-x-3 border-b border-line px-4 py-1.5 text-xs font-medium text-ink-3 @xl:grid", columns)}>
        <span>{t("activity.when")}</span>
        <span>{t("activity.who")}</span>
        <span>{t("activity.what")}</span>
        <span className="@max-4xl:hidden">{t("activity.concerns")}</span>
        <span className="text-end">{t("activity.age")}</span>
      </div>
      {days.map(({ name, entries: its }, index) => (
        <section key={`${name}-${index}`} aria-label={name}>
          <h2 className="sticky top-0 z-10 border-b border-line bg-surface-0 px-4 py-1 text-xs font-semibold text-ink-2">{name}</h2>
          <ol>
            {its.map((entry) => (
              <li key={entry.id}>
                <Row entry={entry} selected={entry.id === selected} incident={entry.incident_id ? incidentName(entry.incident_id) : undefined} />
              </li>
            ))}
          </ol>
        </section>
      ))}
    </div>
  );
}

/** A note is written down later than it happened; worth a word from here on. */
const LATE_MS = 120_000;

function Row({ entry, selected, incident }: { entry: Activity; selected: boolean; incident: string | undefined }): ReactNode {
  const [params] = useSearchParams();
  const now = useNow();
  const to = new URLSearchParams(params);
  to.set("entry", entry.id);
  const group = groupOf(entry.type);
  const late = entry.recorded_at ? Date.parse(entry.recorded_at) - Date.parse(entry.time) : 0;
  const seconds = Math.max(0, (now - Date.parse(entry.time)) / 1000);
  return (
    <Link
      data-row
      to={{ search: to.toString() }}
      aria-current={selected || undefined}
      className={cn(
        "grid min-h-8 grid-cols-[1fr_auto] items-baseline gap-x-3 border-b border-line px-4 py-1.5 hover:bg-surface-2/60 aria-[current=true]:bg-accent-soft coarse:min-h-11 coarse:py-2.5",
        columns,
        "outline-offset-[-2px]",
      )}
    >
      <time dateTime={entry.time} title={fullTime(entry.time)} className="text-ink-2 @max-xl:order-2 @max-xl:text-xs">
        <span className="@xl:hidden">{`${age(seconds)} · `}</span>
        {clock(entry.time)}
      </time>
      <span className="flex min-w-0 items-baseline gap-1.5 @max-xl:order-1 @max-xl:text-xs">
        <span className="truncate font-medium">{entry.actor?.name ?? t("activity.system")}</span>
        {entry.actor?.kind === "api_key" ? <Badge>{t("activity.actor.api_key")}</Badge> : null}
      </span>
      <span className="relative min-w-0 ps-6 @max-xl:order-3 @max-xl:col-span-2 @max-xl:mt-0.5">
        <group.icon aria-label={t(group.label)} role="img" className="absolute start-0 top-0.5 size-4 text-ink-3" />
        <span className="line-clamp-2 break-words @max-xl:line-clamp-4">
          {entry.summary}
          {late > LATE_MS ? <span className="ms-1.5 text-xs text-warning">{t("activity.writtenLater", { age: age(late / 1000) })}</span> : null}
        </span>
      </span>
      <span className="truncate text-xs text-ink-3 @max-4xl:hidden">{incident ?? ""}</span>
      <span className="tabular text-end text-xs text-ink-3 @max-xl:hidden">{age(seconds)}</span>
    </Link>
  );
}
