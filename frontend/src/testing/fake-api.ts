import { vi } from "vitest";

export interface Sent {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Headers;
  body: unknown;
}

type Answer = unknown;
type Handler = (sent: Sent) => Answer;

/** "GET /api/v1/incidents/:id" → an answer, or a function of what was sent. */
export type Routes = Record<string, Answer>;

/** A list as the API answers it. */
export const page = <Item>(items: Item[], next: string | null = null): { items: Item[]; next: string | null } => ({ items, next });

/** A refusal as the API answers it. */
export const problem = (status: number, code: string, detail: string, errors: { pointer: string; detail: string }[] = []): Response =>
  new Response(JSON.stringify({ type: `/problems/${code}`, title: detail, status, detail, code, trace_id: "4bf92f3577b34da6a3ce929d0e0e4736", errors }), {
    status,
    headers: { "Content-Type": "application/problem+json" },
  });

/** Nothing answers at all, as when the line is cut. */
export const noConnection = (): never => {
  throw new TypeError("Failed to fetch");
};

function matches(pattern: string, method: string, path: string): boolean {
  const [wantedMethod, wantedPath = ""] = pattern.split(" ");
  if (wantedMethod !== method) return false;
  const wanted = wantedPath.split("/");
  const given = path.split("/");
  return wanted.length === given.length && wanted.every((part, i) => part.startsWith(":") || part === given[i]);
}

function answered(value: Answer): Response {
  if (value instanceof Response) return value.clone();
  if (value === undefined) return new Response(null, { status: 204 });
  return new Response(JSON.stringify(value), { status: 200, headers: { "Content-Type": "application/json" } });
}

/** Stand in for the network, the only thing these tests replace. Later routes may be added or changed in `routes`. */
export function fakeApi(routes: Routes): { sent: Sent[]; routes: Routes } {
  const sent: Sent[] = [];
  const known: Routes = { "POST /api/v1/auth/refresh": { access_token: "a-token", expires_in: 600 }, ...routes };
  vi.stubGlobal("fetch", async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const request = input instanceof Request ? input : new Request(new URL(String(input), location.origin), init);
    const url = new URL(request.url);
    const text = await request.clone().text();
    const json = request.headers.get("Content-Type")?.includes("json") === true;
    const one: Sent = {
      method: request.method,
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: text && json ? (JSON.parse(text) as unknown) : text,
    };
    sent.push(one);
    // The most exact pattern wins: one without a placeholder before one with.
    const pattern = Object.keys(known)
      .filter((each) => matches(each, one.method, one.path))
      .sort((a, b) => a.split(":").length - b.split(":").length)[0];
    if (pattern === undefined) return problem(404, "not-found", `No route for ${one.method} ${one.path}`);
    const answer = known[pattern];
    return answered(typeof answer === "function" ? (answer as Handler)(one) : answer);
  });
  return { sent, routes: known };
}
