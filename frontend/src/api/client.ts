import createClient from "openapi-fetch";
import { authorizedFetch } from "./fetch";
import type { paths } from "./paths";
import { problemFrom } from "./problem";

/** The one HTTP client, typed by the API's description. Wrap each call in `answer(…)`. */
export const api = createClient<paths, "application/json">({
  baseUrl: globalThis.location.origin,
  fetch: authorizedFetch,
});

interface Outcome<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

/** The answer's body, or a thrown `Problem`. */
export async function answer<Data>(call: Promise<Outcome<Data>>): Promise<Data> {
  const { data, error, response } = await call;
  if (!response.ok) throw problemFrom(response.status, error);
  return data as Data;
}

/** `If-Match` for an edit of the version on screen. */
export const ifMatch = (version: number): { "If-Match": string } => ({ "If-Match": `"${version}"` });
