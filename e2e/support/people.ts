/** People at their screens: each a browser context of their own, signed in by the front door. */
import { readFileSync } from "node:fs";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import { expect, inject } from "vitest";
import { PASSWORD } from "./host.ts";

const CHROMIUM = process.env["MUSTER_CHROMIUM"] ?? "/usr/bin/chromium";
const AXE = readFileSync(new URL("../../frontend/node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
export const DESK: BrowserContextOptions = { viewport: { width: 1440, height: 900 } };
export const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

let browser: Browser | undefined;

async function theBrowser(): Promise<Browser> {
  browser ??= await chromium.launch({
    executablePath: CHROMIUM,
    args: [
      "--no-sandbox",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--use-angle=swiftshader",
      "--enable-unsafe-swiftshader",
      "--disable-gpu-compositing",
    ],
  });
  return browser;
}

export async function closeBrowser(): Promise<void> {
  await browser?.close();
  browser = undefined;
}

/** A page on which nobody is signed in; anything the console calls an error fails the story at its end. */
export async function stranger(options: BrowserContextOptions = DESK): Promise<Page & { errors: string[] }> {
  const context = await (await theBrowser()).newContext({ baseURL: inject("address"), locale: "en-US", timezoneId: "America/Los_Angeles", ...options });
  // The bypass is for axe, which the page's own policy would rightly refuse.
  const page = Object.assign(await context.newPage(), { errors: [] as string[] });
  page.on("pageerror", (error) => page.errors.push(error.message));
  return page;
}

/** Someone with a starting role, signed in and on the map; with a one-time `code` if the account has a second factor. */
export async function person(role: string, options: BrowserContextOptions = DESK, code?: string): Promise<Page & { errors: string[] }> {
  const page = await stranger(options);
  await page.goto("/");
  await page.getByLabel("User name").fill(role);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  if (code !== undefined) {
    await page.getByLabel("Code", { exact: true }).fill(code);
    await page.getByRole("button", { name: "Sign in" }).click();
  }
  await page.getByRole("navigation").first().waitFor();
  return page;
}

/** Whatever axe finds that is serious or critical (WCAG 2.2 AA). */
export async function accessibilityFindings(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run: (where: Document, options: object) => Promise<{ violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[] }> } };
    const { violations } = await axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] });
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => `${node.html.slice(0, 200)} — ${node.failureSummary}`).join(" | ")}`);
  });
}

/** An access token of a role, for what a program would do; with a one-time `code` if the account has a second factor. */
export async function token(role: string, code?: string): Promise<string> {
  const answer = await fetch(`${inject("address")}/api/v1/auth/token`, {
    method: "POST",
    body: new URLSearchParams({ grant_type: "password", username: role, password: PASSWORD, ...(code === undefined ? {} : { totp: code }) }),
  });
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { access_token: string }).access_token;
}
