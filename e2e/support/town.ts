/** A town with people inside an alert's area and outside of it: some subscribe as anybody does, the rest is on the county's list. */
import type { Page } from "playwright-core";
import { expect, inject } from "vitest";
import { stranger, token } from "./people.ts";
import { subscribeBrowser, taken, type Taken } from "./received.ts";

export type Place = readonly [longitude: number, latitude: number];

/** How one is reached; what a provider calls `to`. */
export interface Addresses {
  phone: string;
  email: string;
  push: string;
  hook: string;
}

const PATIENCE_MS = 30_000;
const said = ([longitude, latitude]: Place): string => `${latitude.toFixed(4)}, ${longitude.toFixed(4)}`;
/** Digits of a code, wherever the words put them. */
const codeIn = (text: string): string => /\b\d{6}\b/.exec(text)?.[0] ?? "";

/** The code that was sent to an address, read where it arrived. */
async function codeAt(provider: Taken["provider"], to: string): Promise<string> {
  let code = "";
  await expect
    .poll(
      async () => {
        const got = (await taken()).filter((one) => one.provider === provider && one.to === to).at(-1);
        code = codeIn(got?.text ?? "");
        return code;
      },
      { timeout: PATIENCE_MS, interval: 100 },
    )
    .not.toBe("");
  return code;
}

/** The browser's push service is a local one; all the rest is the page's own way through the browser. */
async function withLocalPush(page: Page, kept: (endpoint: string) => void): Promise<void> {
  await page.exposeFunction("subscribeLocally", async (key: string) => {
    const told = (await subscribeBrowser(key)) as { endpoint: string };
    kept(new URL(told.endpoint).pathname);
    return told;
  });
  await page.addInitScript(() => {
    const { subscribeLocally } = globalThis as unknown as { subscribeLocally: (key: string) => Promise<object> };
    const own = PushManager.prototype as unknown as { subscribe: (asked: { applicationServerKey: Uint8Array }) => Promise<object> };
    own.subscribe = async ({ applicationServerKey }) => {
      const key = btoa(String.fromCharCode(...applicationServerKey)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
      const told = await subscribeLocally(key);
      return { toJSON: () => told };
    };
  });
}

/** Subscribe on the public page: a telephone, a mailbox and this browser, each confirmed by the code that it was sent. */
export async function subscribeByPage(place: Place, phone: string, email: string): Promise<Omit<Addresses, "hook">> {
  const page = await stranger();
  let push = "";
  await withLocalPush(page, (path) => (push = path));
  await page.goto("/subscribe");
  await page.getByLabel("Coordinates of the place").fill(said(place));
  await page.getByLabel("Mobile phone number").fill(phone);
  await page.getByLabel("E-mail address").fill(email);
  await page.getByRole("button", { name: "Notify this browser" }).click();
  await page.getByText("This browser will be notified.").waitFor();
  await page.getByRole("button", { name: "Subscribe" }).click();
  await page.getByRole("heading", { name: "Enter the code" }).waitFor();
  for (const [provider, to] of [["twilio", phone], ["mail", email], ["push", push]] as const) {
    await page.getByLabel("Code").fill(await codeAt(provider, to));
    await page.getByRole("button", { name: "Confirm" }).click();
    await page.getByText(provider === "push" ? "You will be warned" : "One address is confirmed").waitFor();
  }
  expect(page.errors).toEqual([]);
  await page.context().close();
  return { phone, email, push };
}

/** Take a list in as the office of the county does. */
export async function importList(name: string, lines: readonly string[]): Promise<void> {
  const asked = new URLSearchParams({ list_name: name, kind: "partner" });
  const answer = await fetch(`${inject("address")}/api/v1/notifications/subscriptions/import?${asked.toString()}`, {
    method: "POST",
    headers: { authorization: `Bearer ${await token("administrator")}`, "content-type": "text/csv" },
    body: ["phone,email,web_hook,coordinates,name", ...lines].join("\n"),
  });
  expect(answer.status, await answer.text()).toBe(201);
}

/** One line of such a list. */
export function line(place: Place, { phone = "", email = "", hook = "" }: Partial<Addresses>): string {
  const { url, secret } = inject("providers").hook;
  const address = hook ? JSON.stringify({ url: `${url}${hook}`, secret }) : "";
  return [phone, email, address, said(place), ""].map((value) => `"${value.replaceAll('"', '""')}"`).join(",");
}

/** What each address was sent since a moment (Unix seconds), in the order in which it came. */
export async function bySince(since: number): Promise<Map<string, Taken[]>> {
  const found = new Map<string, Taken[]>();
  for (const one of await taken()) if (one.at > since) found.set(one.to, [...(found.get(one.to) ?? []), one]);
  return found;
}
