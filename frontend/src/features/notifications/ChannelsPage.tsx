import { useQuery } from "@tanstack/react-query";
import { Check, CircleSlash, Clock, Minus, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { ContactChannel, ProviderHealth } from "@/api/types";
import { useMay } from "@/auth/me";
import { Facts, Section } from "@/components/Page";
import { QueryView } from "@/components/QueryView";
import { Time, useNow } from "@/components/Time";
import { Badge } from "@/components/ui/badge";
import { languageTag, t } from "@/i18n";
import { providersQuery } from "./api/channels";
import { Frame } from "./components/Frame";
import { channelName, CHANNELS, choiceName, providerName, reasonText } from "./words";

/** By which providers each channel reaches people, and how they do. */
export default function ChannelsPage(): ReactNode {
  const may = useMay("notifications:read");
  const query = useQuery({ ...providersQuery, enabled: may });
  return (
    <Frame place="channels">
      <p className="max-w-prose px-4 pt-3 text-sm text-ink-2">{t("notifications.channelsNote")}</p>
      <QueryView query={query}>
        {({ items }) => (
          <div className="grid items-start gap-4 p-3 sm:p-4 2xl:grid-cols-2">
            {CHANNELS.map((channel) => (
              <Channel key={channel} channel={channel} providers={items.filter((one) => one.channel === channel).toSorted((a, b) => (a.choice ?? 9) - (b.choice ?? 9))} />
            ))}
          </div>
        )}
      </QueryView>
    </Frame>
  );
}

function Channel({ channel, providers }: { channel: ContactChannel; providers: readonly ProviderHealth[] }): ReactNode {
  const ill = providers.length > 0 && providers.every(({ breaker }) => breaker === "open");
  return (
    <Section title={channelName(channel)}>
      {ill ? (
        <p role="alert" className="flex items-start gap-2 border-b border-line bg-danger-soft px-3 py-2 text-sm text-danger">
          <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          {t("notifications.channelIll")}
        </p>
      ) : null}
      {providers.length === 0 ? <p className="p-3 text-sm text-ink-3">{t("notifications.channelUnused")}</p> : null}
      <div className="grid divide-line max-sm:divide-y sm:grid-cols-2 sm:divide-x">
        {providers.map((provider) => (
          <Provider key={provider.provider} provider={provider} />
        ))}
        {providers.length === 1 ? <p className="p-3 text-sm text-ink-3">{t("notifications.channelSingle")}</p> : null}
      </div>
    </Section>
  );
}

const HEALTH = {
  unused: { icon: Minus, tone: "neutral" },
  closed: { icon: Check, tone: "success" },
  half_open: { icon: Clock, tone: "warning" },
  open: { icon: CircleSlash, tone: "danger" },
} as const;

const FRESH_MS = 60_000;

const rate = (perSecond: number): string => perSecond.toLocaleString(languageTag(), { maximumFractionDigits: 1 });

function Provider({ provider }: { provider: ProviderHealth }): ReactNode {
  const state = provider.breaker === "closed" && provider.last_success === null && provider.last_failure === null ? "unused" : provider.breaker;
  const { icon: Icon, tone } = HEALTH[state];
  // Workers tell of a provider while they send: what is older says nothing of now.
  const idle = useNow() - Date.parse(provider.seen_at) > FRESH_MS;
  const name = providerName(provider.provider);
  return (
    <article aria-label={name} className="min-w-0">
      <header className="flex flex-wrap items-center gap-x-2 gap-y-1 px-3 pt-2">
        <h3 className="text-sm font-medium">{name}</h3>
        {provider.choice ? <span className="text-xs text-ink-3">{choiceName(provider.choice)}</span> : null}
        <Badge tone={tone} className="ms-auto">
          <Icon aria-hidden />
          {t(`notifications.breaker.${state}`)}
        </Badge>
      </header>
      <p className="px-3 pt-1 text-xs text-ink-2">{t(`notifications.breakerMeans.${state}`)}</p>
      <Facts
        facts={[
          [t("notifications.lastSuccess"), <Time key="success" at={provider.last_success} />],
          [
            t("notifications.lastFailure"),
            <span key="failure">
              <Time at={provider.last_failure} />
              {provider.failures > 0 ? <span className="text-danger"> · {t("notifications.failuresInRow", { count: provider.failures })}</span> : null}
              {provider.last_reason ? <span className="block text-ink-2">{reasonText(provider.last_reason)}</span> : null}
            </span>,
          ],
          [t("notifications.rate"), <span key="rate" className="tabular">{t(idle ? "notifications.rateIdle" : "notifications.rateOf", { rate: rate(provider.rate), limit: rate(provider.limit) })}</span>],
          [t("notifications.seenAt"), <Time key="seen" at={provider.seen_at} />],
        ]}
      />
    </article>
  );
}
