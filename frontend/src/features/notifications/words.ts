import type { ContactChannel, RecipientState } from "@/api/types";
import { t, tOr } from "@/i18n";

export const CHANNELS: readonly ContactChannel[] = ["sms", "email", "web_push", "webhook"];
export const RECIPIENT_STATES: readonly RecipientState[] = ["failed", "in_doubt", "pending", "sending", "held", "accepted", "delivered", "expired", "superseded", "suppressed"];

export const channelName = (channel: string): string => tOr(`notifications.channel.${channel}`, channel);
export const providerName = (provider: string): string => tOr(`notifications.provider.${provider}`, provider);

/** "provider-error:30003" as "The provider failed (30003)"; what nobody has named stays as it is. */
export function reasonText(reason: string): string {
  const [word = reason, ...rest] = reason.split(":");
  const known = tOr(`notifications.reason.${word}`, "");
  if (!known) return reason;
  const code = rest.join(":").trim();
  return code ? `${known} (${code})` : known;
}

export const choiceName = (choice: number): string => (choice === 1 ? t("notifications.choice.1") : choice === 2 ? t("notifications.choice.2") : t("notifications.choice.other", { number: choice }));
