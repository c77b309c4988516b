import { createParser } from "eventsource-parser";
import { accessToken, refresh } from "@/auth/session";
import type { Activity } from "@/api/types";
import { connectionStore } from "./connection";

/** The server sends a comment every 15 s; after this long without a byte the line is dead. */
const SILENCE_MS = 40_000;
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 20_000;
const LASTED_MS = 10_000;

interface Listener {
  onEvent: (event: Activity) => void;
  /** The place in the journal could not be resumed or was never known: read everything again. */
  onResync: () => void;
}

const wait = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      removeEventListener("online", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    // The network coming back is a reason to try at once.
    addEventListener("online", done);
    signal.addEventListener("abort", done);
  });

/**
 * Follow the live stream until `signal` aborts. Fetch instead of EventSource, because the token goes
 * in a header and never into an address. Resumes after the last event seen, so nothing is missed.
 */
export async function follow(listener: Listener, signal: AbortSignal): Promise<void> {
  let lastId: string | null = null;
  let failures = 0;
  const ended = (): boolean => signal.aborted;
  while (!ended()) {
    let opened = 0;
    try {
      await listen(
        lastId,
        {
          ...listener,
          onId: (id) => {
            lastId = id;
          },
          onOpen: () => {
            if (lastId === null && failures > 0) listener.onResync();
            failures = 0;
            opened = Date.now();
            connectionStore.getState().connected();
          },
        },
        signal,
      );
      // The server ends the line when the token does. A line that had lasted is simply taken up again.
      if (opened > 0 && Date.now() - opened > LASTED_MS) continue;
    } catch {
      // Every way to lose the line ends the same: say so, wait, try again.
    }
    if (ended()) return;
    connectionStore.getState().lost();
    const delay = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** failures);
    failures += 1;
    await wait(delay * (0.5 + Math.random() / 2), signal);
  }
}

interface LineListener extends Listener {
  onId: (id: string) => void;
  onOpen: () => void;
}

async function listen(lastId: string | null, listener: LineListener, signal: AbortSignal): Promise<void> {
  const token = await accessToken();
  if (!token) return;
  const line = new AbortController();
  const close = (): void => line.abort();
  signal.addEventListener("abort", close);
  let watchdog = setTimeout(close, SILENCE_MS);
  try {
    const response = await fetch("/api/v1/stream", {
      headers: {
        Accept: "text/event-stream",
        Authorization: `Bearer ${token}`,
        ...(lastId === null ? {} : { "Last-Event-ID": lastId }),
      },
      signal: line.signal,
      cache: "no-store",
    });
    if (response.status === 401) await refresh();
    if (!response.ok || !response.body) throw new Error(`stream answered ${response.status}`);
    const parser = createParser({
      onEvent: ({ id, event, data }) => {
        if (id) listener.onId(id);
        if (event === "resync") listener.onResync();
        else if (event !== "ready" && data) listener.onEvent(JSON.parse(data) as Activity);
      },
    });
    listener.onOpen();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(watchdog);
      watchdog = setTimeout(close, SILENCE_MS);
      parser.feed(value);
    }
  } finally {
    clearTimeout(watchdog);
    signal.removeEventListener("abort", close);
    close();
  }
}
