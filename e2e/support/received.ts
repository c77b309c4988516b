/** Those who are warned, by what came to their telephones, mailboxes, browsers and hooks. */
import { inject } from "vitest";

/** One thing that somebody received. `more` is what the protocol carried beside the words. */
export interface Taken {
  provider: "twilio" | "sns" | "mail" | "push" | "hook";
  at: number;
  to: string;
  text: string;
  more: Record<string, unknown>;
}

const desk = (path: string, init?: RequestInit): Promise<Response> => fetch(`${inject("providers").desk}${path}`, init);

/** Everything that anybody received so far, oldest first. */
export async function taken(): Promise<Taken[]> {
  return (await (await desk("/taken")).json()) as Taken[];
}

/** Make a provider ill, or well again. */
export async function turn(provider: "twilio" | "sns" | "push" | "hook", knobs: Record<string, number>): Promise<void> {
  const answer = await desk(`/${provider}/_knobs`, { method: "POST", body: JSON.stringify(knobs) });
  if (!answer.ok) throw new Error(await answer.text());
}

/** What `PushManager.subscribe` gives a browser whose push service is the local one. */
export async function subscribeBrowser(serverKey: string): Promise<object> {
  return (await (await desk("/push/_subscribe", { method: "POST", body: serverKey })).json()) as object;
}
