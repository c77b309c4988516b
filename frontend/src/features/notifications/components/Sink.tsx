import { useInfiniteQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import type { BroadcastDetail, SinkMessage } from "@/api/types";
import { ForeignHtml } from "@/components/ForeignHtml";
import { Section } from "@/components/Page";
import { QueryView } from "@/components/QueryView";
import { Time } from "@/components/Time";
import { Button } from "@/components/ui/button";
import { Sheet } from "@/components/ui/dialog";
import { Empty } from "@/components/ui/states";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import { t } from "@/i18n";
import { sinkQuery } from "../api/broadcasts";
import { channelName } from "../words";

/** What an exercise or a test would have sent, message by message. */
export function Sink({ broadcast }: { broadcast: BroadcastDetail }): ReactNode {
  const query = useInfiniteQuery(sinkQuery(broadcast));
  const [open, setOpen] = useState<SinkMessage | null>(null);
  return (
    <Section title={t("notifications.sink")}>
      <p className="border-b border-line px-3 py-2 text-sm text-ink-2">{t("notifications.sinkNote")}</p>
      <QueryView query={query}>
        {({ pages }) => {
          const messages = pages.flatMap((page) => page.items);
          return messages.length === 0 ? (
            <Empty title={t("notifications.sinkEmpty")}>{t("notifications.sinkEmptyDetail")}</Empty>
          ) : (
            <>
              <Table label={t("notifications.messages")}>
                <thead className="sticky top-0 z-5 bg-surface-1">
                  <tr>
                    <Th>{t("notifications.channel")}</Th>
                    <Th className="max-sm:hidden">{t("notifications.language")}</Th>
                    <Th>{t("notifications.message")}</Th>
                    <Th className="max-sm:hidden">{t("notifications.keptAt")}</Th>
                  </tr>
                </thead>
                <tbody>
                  {messages.map((message) => (
                    <Tr key={message.key}>
                      <Td className="whitespace-nowrap text-ink-2">{channelName(message.channel)}</Td>
                      <Td className="text-ink-2 max-sm:hidden">{message.language}</Td>
                      <Td className="w-full max-w-0 min-w-48">
                        <button
                          type="button"
                          data-row
                          onClick={() => setOpen(message)}
                          className="block w-full truncate text-start hover:underline coarse:py-2.5"
                          lang={message.language}
                          dir="auto"
                        >
                          <span className="font-medium">{message.subject}</span> <span className="text-ink-2">{message.text}</span>
                        </button>
                      </Td>
                      <Td className="whitespace-nowrap text-ink-3 max-sm:hidden">
                        <Time at={message.kept_at} />
                      </Td>
                    </Tr>
                  ))}
                </tbody>
              </Table>
              {query.hasNextPage ? (
                <Button look="quiet" className="my-2 ms-3" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                  {t("common.loadMore")}
                </Button>
              ) : null}
            </>
          );
        }}
      </QueryView>
      {open ? (
        <Sheet open onOpenChange={(wanted) => (wanted ? undefined : setOpen(null))} title={open.subject || t("notifications.message")} description={`${channelName(open.channel)} · ${open.language}`}>
          <p lang={open.language} dir="auto" className="rounded-md bg-surface-2 px-3 py-2 break-words whitespace-pre-wrap">
            {open.text}
          </p>
          {open.html ? <ForeignHtml title={t("notifications.asHtml")} html={open.html} /> : null}
        </Sheet>
      ) : null}
    </Section>
  );
}
