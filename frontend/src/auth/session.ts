import { create } from "zustand";
import { noAnswer, problemFrom } from "@/api/problem";

/** The access token lives in memory only; the refresh token in a cookie no script can read. */
interface SessionStore {
  state: "starting" | "signed-in" | "signed-out";
  token: string | null;
  expiresAt: number;
}

export const sessionStore = create<SessionStore>()(() => ({
  state: "starting",
  token: null,
  expiresAt: 0,
}));

/** Renew this long before the token ends, so that no request meets the edge. */
const MARGIN_MS = 30_000;

interface TokenBody {
  access_token: string;
  expires_in: number;
}

/** Go on with an access token that the API just answered. */
export function remember(body: TokenBody): string {
  sessionStore.setState({
    state: "signed-in",
    token: body.access_token,
    expiresAt: Date.now() + body.expires_in * 1000,
  });
  return body.access_token;
}

export function forget(): void {
  sessionStore.setState({ state: "signed-out", token: null, expiresAt: 0 });
}

let running: Promise<string | null> | null = null;

/**
 * A new access token by the cookie, or null when signed out. One at a time over all tabs: each
 * refresh token works once, and a second use would end the session. Throws when nothing answers.
 */
export function refresh(): Promise<string | null> {
  running ??= withLock(renew).finally(() => {
    running = null;
  });
  return running;
}

async function withLock(work: () => Promise<string | null>): Promise<string | null> {
  const locks = (navigator as { locks?: LockManager }).locks;
  return locks ? await locks.request("muster.refresh", work) : await work();
}

async function renew(): Promise<string | null> {
  let response: Response;
  try {
    response = await fetch("/api/v1/auth/refresh", { method: "POST", credentials: "same-origin" });
  } catch {
    throw noAnswer();
  }
  if (response.ok) return remember((await response.json()) as TokenBody);
  if (response.status < 500 && response.status !== 429) {
    forget();
    return null;
  }
  throw problemFrom(response.status, await response.json().catch(() => null));
}

/** The token to send, renewed when it is about to end; null when signed out. */
export async function accessToken(): Promise<string | null> {
  const { token, expiresAt, state } = sessionStore.getState();
  if (state === "signed-out") return null;
  if (token && Date.now() < expiresAt - MARGIN_MS) return token;
  return refresh();
}

/** Sign in with the OAuth2 password form; `totp` when the account has a second factor. Throws a `Problem`. */
export async function signIn(username: string, password: string, totp?: string): Promise<void> {
  const form = new URLSearchParams({ grant_type: "password", username, password });
  if (totp) form.set("totp", totp);
  let response: Response;
  try {
    response = await fetch("/api/v1/auth/token", {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
      body: form.toString(),
    });
  } catch {
    throw noAnswer();
  }
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) throw problemFrom(response.status, body);
  remember(body as TokenBody);
}

/** End this session here and on the server; signed out here even when the server does not answer. */
export async function signOut(): Promise<void> {
  await fetch("/api/v1/auth/sign-out", { method: "POST", credentials: "same-origin" }).catch(() => undefined);
  forget();
}
