import { create } from "zustand";
import { persist } from "zustand/middleware";
import { authorizedFetch } from "@/api/fetch";
import { Problem, problemFrom } from "@/api/problem";
import { randomKey } from "@/lib/random-key";

/** An edit that no answer came back for. Its key makes sending it twice harmless. */
export interface WaitingEdit {
  readonly key: string;
  readonly method: "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly body: unknown;
  /** What the person did, in their words: 'Task "Check bridge": done'. */
  readonly label: string;
  readonly at: string;
  /** Why the server refused it when it was finally sent; it then waits for the person. */
  readonly refused?: string;
}

interface QueueStore {
  edits: readonly WaitingEdit[];
}

/** Edits are kept across a reload and a closed laptop, on this machine, for the account that made them. */
export const queueStore = create<QueueStore>()(
  persist((): QueueStore => ({ edits: [] }), { name: "muster.waiting-edits" }),
);

export const dropEdit = (key: string): void => {
  queueStore.setState(({ edits }) => ({ edits: edits.filter((e) => e.key !== key) }));
};

export const dropAllEdits = (): void => {
  queueStore.setState({ edits: [] });
};

async function attempt(edit: WaitingEdit): Promise<unknown> {
  const response = await authorizedFetch(
    new Request(new URL(edit.path, location.origin), {
      method: edit.method,
      headers: { "Content-Type": "application/json", "Idempotency-Key": edit.key },
      ...(edit.body === undefined ? {} : { body: JSON.stringify(edit.body) }),
    }),
  );
  const body: unknown = response.status === 204 ? undefined : await response.json().catch(() => undefined);
  if (!response.ok) throw problemFrom(response.status, body);
  return body;
}

/** Worth another try by itself: nothing answered, or the server was down. A refusal is final. */
const passing = (error: unknown): boolean =>
  error instanceof Problem && (error.offline || error.status === 502 || error.status === 503 || error.status === 504);

export type Outcome = { sent: true; body: unknown } | { sent: false };

/**
 * Send an edit that commutes (append, add, set one status), or keep it to be sent when the connection
 * is back. Throws the `Problem` when the server refuses it.
 */
export async function sendOrKeep(edit: Pick<WaitingEdit, "method" | "path" | "body" | "label">): Promise<Outcome> {
  const kept: WaitingEdit = { ...edit, key: randomKey(), at: new Date().toISOString() };
  if (queueStore.getState().edits.every((e) => e.refused !== undefined)) {
    try {
      return { sent: true, body: await attempt(kept) };
    } catch (error) {
      if (!passing(error)) throw error;
    }
  }
  // Behind others already waiting, so that edits arrive in the order they were made.
  queueStore.setState(({ edits }) => ({ edits: [...edits, kept] }));
  return { sent: false };
}

let sending = false;

/** Send what waits, oldest first, stopping at the first that gets no answer. Resolves to how many arrived. */
export async function sendWaiting(): Promise<number> {
  if (sending) return 0;
  sending = true;
  let sent = 0;
  try {
    for (const edit of queueStore.getState().edits) {
      if (edit.refused !== undefined) continue;
      try {
        await attempt(edit);
        dropEdit(edit.key);
        sent += 1;
      } catch (error) {
        if (passing(error) || !(error instanceof Problem) || error.status === 401) return sent;
        const refused = error.detail || error.title;
        queueStore.setState(({ edits }) => ({
          edits: edits.map((e) => (e.key === edit.key ? { ...e, refused } : e)),
        }));
      }
    }
  } finally {
    sending = false;
  }
  return sent;
}
