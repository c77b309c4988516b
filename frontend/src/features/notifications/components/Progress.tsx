import { MessageCircleQuestionMark } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import type { BroadcastDetail } from "@/api/types";
import { Button } from "@/components/ui/button";
import { t } from "@/i18n";
import { channelName } from "../words";
import { CountsTable } from "./CountsTable";

/** By which channels it reaches people. */
export const ByChannel = ({ broadcast }: { broadcast: BroadcastDetail }): ReactNode =>
  broadcast.by_channel.length === 0 ? null : (
    <CountsTable
      label={t("notifications.byChannel")}
      head={t("notifications.channel")}
      lines={broadcast.by_channel.map(({ channel, counts }) => ({ key: channel, name: channelName(channel), counts }))}
    />
  );

/** What those who got it by SMS answered; a call for help leads to the board on which it waits. */
export function Answers({ broadcast: { replies } }: { broadcast: BroadcastDetail }): ReactNode {
  const { ok, help, stop, other } = replies;
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
      <span className="text-ink-3">{t("notifications.replies")}</span>
      <span className="tabular">{t("notifications.repliesCount", { ok, help, stop, other })}</span>
      {help > 0 ? (
        <Button asChild size="small">
          <Link to="/incidents?view=board">
            <MessageCircleQuestionMark aria-hidden />
            {t("notifications.openHelp", { count: help })}
          </Link>
        </Button>
      ) : null}
    </div>
  );
}
