import { useQuery } from "@tanstack/react-query";
import { Users } from "lucide-react";
import type { ReactNode } from "react";
import { asProblem } from "@/api/problem";
import { Time } from "@/components/Time";
import { Skeleton } from "@/components/ui/skeleton";
import { languageTag, t, tOr } from "@/i18n";
import { cn } from "@/lib/cn";
import { useDebounced } from "@/lib/use-debounced";
import { audienceQuery } from "../api/compose";
import type { Content } from "../content";

interface AudienceProps {
  content: Content;
  exercise: boolean;
  hazard: string;
}

const REST_MS = 900;

/** How many people it reaches, by channel. What is not known is "unknown", never 0. */
export function Audience({ content, exercise, hazard }: AudienceProps): ReactNode {
  const drawn = content.areas.filter((place) => place.geometry ?? place.circle);
  const asked = useDebounced({ areas: drawn, severity: content.severity, hazard, exercise }, REST_MS);
  const query = useQuery({ ...audienceQuery(asked), enabled: asked.areas.length > 0 });
  const found = asked.areas.length > 0 ? query.data : undefined;
  const number = (count: number): string => count.toLocaleString(languageTag());
  const people = found?.known ? found.people : null;
  return (
    <section aria-label={t("alerts.reach")} aria-busy={query.isFetching || undefined} className="rounded-md border border-line bg-surface-1 p-3">
      <div className="flex items-baseline gap-2">
        <Users aria-hidden className="size-4 self-center text-ink-3" />
        <h2 className="text-sm font-semibold">{t("alerts.reach")}</h2>
        {found ? <Time at={found.counted_at} className="ms-auto text-xs text-ink-3" /> : null}
      </div>
      <div className={cn("min-h-14 pt-1", query.isPlaceholderData && "opacity-60")}>
        {asked.areas.length === 0 ? (
          <p className="text-sm text-ink-3">{t("alerts.reachNoArea")}</p>
        ) : query.isPending ? (
          <Skeleton className="h-8 w-32" />
        ) : people === null ? (
          <>
            <p className="text-xl font-semibold">{t("alerts.reachUnknown")}</p>
            <p className="text-xs text-ink-2">{found?.reason ?? (query.error ? asProblem(query.error).message : t("alerts.reachUnknownWhy"))}</p>
          </>
        ) : (
          <>
            <p className="tabular text-xl font-semibold">{t("alerts.people", { count: people })}</p>
            <p className="tabular text-xs text-ink-2">
              {Object.entries(found?.by_channel ?? {}).map(([channel, count]) => `${tOr(`alerts.channel.${channel}`, channel)} ${number(count)}`).join(" · ") || t("alerts.reachNobody")}
            </p>
          </>
        )}
        {exercise ? <p className="pt-1 text-xs font-medium text-exercise">{t("alerts.nobodyReal")}</p> : null}
      </div>
    </section>
  );
}
