import { accessToken, refresh } from "@/auth/session";
import { askToStepUp, STEP_UP_REQUIRED } from "@/auth/step-up";
import { t } from "@/i18n";
import { randomKey } from "@/lib/random-key";
import { noAnswer, Problem } from "./problem";

/**
 * Keys of POSTs that no answer came back for. Sending the same thing to the same place again is then a
 * retry and carries the same key, so that it happens once even if the first try had arrived.
 */
const unanswered = new Map<string, string>();

async function idempotencyKey(request: Request): Promise<{ key: string; mark: string }> {
  const given = request.headers.get("Idempotency-Key");
  const mark = `${request.method} ${request.url} ${await request.clone().text()}`;
  return { key: given ?? unanswered.get(mark) ?? randomKey(), mark };
}

async function send(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw noAnswer();
  }
}

async function wantsStepUp(response: Response): Promise<boolean> {
  if (response.status !== 403) return false;
  const body = (await response.clone().json().catch(() => null)) as { code?: unknown } | null;
  return body?.code === STEP_UP_REQUIRED;
}

/**
 * `fetch` with the account's token, one refresh when it has expired, an idempotency key on every POST, and the question
 * for the second factor when the API wants it proven anew: then the same request goes out again, else its refusal comes back.
 */
export async function authorizedFetch(input: Request): Promise<Response> {
  const token = await accessToken();
  if (token === null) throw new Problem(401, "signed-out", t("signIn.title"), "");
  const headers = new Headers(input.headers);
  let mark: string | null = null;
  if (input.method === "POST") {
    const keyed = await idempotencyKey(input);
    mark = keyed.mark;
    headers.set("Idempotency-Key", keyed.key);
    unanswered.set(mark, keyed.key);
  }
  const attempt = async (bearer: string): Promise<Response> => {
    headers.set("Authorization", `Bearer ${bearer}`);
    return send(new Request(input.clone(), { headers }));
  };
  let response = await attempt(token);
  if (response.status === 401) {
    const renewed = await refresh();
    if (renewed) response = await attempt(renewed);
  }
  if ((await wantsStepUp(response)) && (await askToStepUp())) {
    const proven = await accessToken();
    if (proven) response = await attempt(proven);
  }
  // A gateway's 502 to 504 says nothing about whether the write happened; the key stays for the retry.
  if (mark && response.status < 502) unanswered.delete(mark);
  return response;
}
