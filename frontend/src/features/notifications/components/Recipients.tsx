import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { Download } from "lucide-react";
import type { ReactNode } from "react";
import { asProblem } from "@/api/problem";
import type { BroadcastDetail, RecipientLine } from "@/api/types";
import { useMay } from "@/auth/me";
import { HeldPages } from "@/components/HeldPages";
import { Section } from "@/components/Page";
import { Time } from "@/components/Time";
import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/field";
import { Empty, Forbidden } from "@/components/ui/states";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import { toast } from "@/components/ui/toast";
import { t } from "@/i18n";
import { useFilter } from "@/lib/search-params";
import { recipientsQuery, saveRecipients } from "../api/broadcasts";
import { channelName, CHANNELS, providerName, reasonText, RECIPIENT_STATES } from "../words";
import { RecipientMark } from "./marks";

/** What became of it for each recipient, with masked addresses. */
export function Recipients({ broadcast }: { broadcast: BroadcastDetail }): ReactNode {
  const may = useMay("notifications:recipients");
  const { get, set } = useFilter();
  const state = RECIPIENT_STATES.find((each) => each === get("state")) ?? null;
  const channel = CHANNELS.find((each) => each === get("channel")) ?? null;
  const query = useInfiniteQuery({ ...recipientsQuery(broadcast, { state, channel }), enabled: may });
  const save = useMutation({ mutationFn: () => saveRecipients(broadcast.id), onError: (error) => toast(asProblem(error).message, { tone: "danger" }) });
  const narrowed = state !== null || channel !== null;
  return (
    <Section
      title={t("notifications.recipientsLog")}
      actions={
        may ? (
          <Button size="small" busy={save.isPending} title={t("notifications.exportHint")} onClick={() => save.mutate()}>
            <Download aria-hidden />
            {t("notifications.exportCsv")}
          </Button>
        ) : null
      }
    >
      {may ? (
        <>
          <div className="no-print flex flex-wrap items-center gap-2 border-b border-line px-3 py-2">
            <Select aria-label={t("notifications.state")} value={state ?? ""} onChange={(e) => set({ state: e.target.value })} className="w-auto">
              <option value="">{t("notifications.anyState")}</option>
              {RECIPIENT_STATES.map((each) => (
                <option key={each} value={each}>
                  {t(`notifications.became.${each}`)}
                </option>
              ))}
            </Select>
            <Select aria-label={t("notifications.channel")} value={channel ?? ""} onChange={(e) => set({ channel: e.target.value })} className="w-auto">
              <option value="">{t("notifications.anyChannel")}</option>
              {CHANNELS.map((each) => (
                <option key={each} value={each}>
                  {channelName(each)}
                </option>
              ))}
            </Select>
            {narrowed ? (
              <Button size="small" look="quiet" onClick={() => set({ state: null, channel: null })}>
                {t("common.clearFilters")}
              </Button>
            ) : null}
          </div>
          <HeldPages
            query={query}
            listKey={`${state}/${channel}`}
            empty={narrowed ? <Empty title={t("notifications.recipientsNone")} /> : <Empty title={t("notifications.recipientsEmpty")}>{t("notifications.recipientsEmptyDetail")}</Empty>}
          >
            {(rows) => <Lines lines={rows} />}
          </HeldPages>
        </>
      ) : (
        <Forbidden permission="notifications:recipients" />
      )}
    </Section>
  );
}

const Lines = ({ lines }: { lines: readonly RecipientLine[] }): ReactNode => (
  <Table label={t("notifications.recipients")}>
    <thead className="sticky top-0 z-5 bg-surface-1">
      <tr>
        <Th>{t("notifications.state")}</Th>
        <Th>{t("notifications.address")}</Th>
        <Th className="max-sm:hidden">{t("notifications.channel")}</Th>
        <Th className="max-md:hidden">{t("notifications.provider")}</Th>
        <Th>{t("notifications.reason")}</Th>
        <Th className="text-end max-md:hidden">{t("notifications.attempts")}</Th>
        <Th className="max-lg:hidden">{t("notifications.language")}</Th>
        <Th className="max-sm:hidden">{t("notifications.changed")}</Th>
      </tr>
    </thead>
    <tbody>
      {lines.map((line) => (
        <Tr key={line.id}>
          <Td>
            <RecipientMark state={line.state} />
          </Td>
          <Td className="tabular whitespace-nowrap">{line.address ?? <span className="text-ink-3">{t("notifications.addressGone")}</span>}</Td>
          <Td className="whitespace-nowrap text-ink-2 max-sm:hidden">{channelName(line.channel)}</Td>
          <Td className="whitespace-nowrap text-ink-2 max-md:hidden">{line.provider ? providerName(line.provider) : "–"}</Td>
          <Td className="w-full min-w-32 text-ink-2">{line.reason ? reasonText(line.reason) : "–"}</Td>
          <Td className="tabular text-end text-ink-2 max-md:hidden">{line.attempts}</Td>
          <Td className="text-ink-2 max-lg:hidden">{line.language ?? "–"}</Td>
          <Td className="whitespace-nowrap text-ink-3 max-sm:hidden">
            <Time at={line.changed_at} />
          </Td>
        </Tr>
      ))}
    </tbody>
  </Table>
);
