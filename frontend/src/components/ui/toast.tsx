import { X } from "lucide-react";
import { Toast as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { create } from "zustand";
import { t } from "@/i18n";
import { Button } from "./button";

interface Message {
  id: number;
  text: string;
  tone: "neutral" | "danger";
  action?: { label: string; run: () => void };
}

const toastStore = create<{ messages: readonly Message[] }>()(() => ({ messages: [] }));
let lastId = 0;

const dismiss = (id: number): void =>
  toastStore.setState(({ messages }) => ({ messages: messages.filter((m) => m.id !== id) }));

/** Say that something happened; `undo` offers to take it back instead of asking before. */
export function toast(
  text: string,
  { undo, action, tone = "neutral" }: { undo?: () => void; action?: Message["action"]; tone?: Message["tone"] } = {},
): void {
  const offered = undo ? { label: t("common.undo"), run: undo } : action;
  lastId += 1;
  const message: Message = { id: lastId, text, tone, ...(offered ? { action: offered } : {}) };
  toastStore.setState(({ messages }) => ({ messages: [...messages.slice(-2), message] }));
}

export function Toaster(): ReactNode {
  const messages = toastStore((s) => s.messages);
  return (
    <Radix.Provider duration={7000} label={t("common.notification")}>
      {messages.map((message) => (
        <Radix.Root
          key={message.id}
          onOpenChange={(open) => (open ? undefined : dismiss(message.id))}
          type={message.tone === "danger" ? "foreground" : "background"}
          className="flex items-center gap-2 rounded-md border-s-4 bg-surface-1 py-2 ps-3 pe-1.5 shadow-float"
          style={{ borderInlineStartColor: message.tone === "danger" ? "var(--danger)" : "var(--accent)" }}
        >
          <Radix.Description className="min-w-0 flex-1 text-sm">{message.text}</Radix.Description>
          {message.action ? (
            <Radix.Action asChild altText={message.action.label}>
              <Button size="small" onClick={message.action.run}>{message.action.label}</Button>
            </Radix.Action>
          ) : null}
          <Radix.Close asChild>
            <Button look="quiet" size="icon" aria-label={t("common.close")}>
              <X />
            </Button>
          </Radix.Close>
        </Radix.Root>
      ))}
      <Radix.Viewport
        label={t("common.notifications")}
        className="no-print fixed end-3 bottom-16 z-50 flex w-[min(26rem,calc(100vw-1.5rem))] flex-col gap-2 sm:bottom-4"
      />
    </Radix.Provider>
  );
}
