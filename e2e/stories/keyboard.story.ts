/** The whole story without a mouse: sign in, find the hazard, declare, plan, command, note, close. */
import { afterAll, expect, inject, test } from "vitest";
import type { Page } from "playwright-core";
import { closeBrowser, stranger } from "../support/people.ts";
import { PASSWORD } from "../support/host.ts";
import { quake } from "../support/feed.ts";

afterAll(closeBrowser);

/** Press Tab until what has the focus is called `name`; a person would give up after a while too. */
async function tabTo(page: Page, name: RegExp, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
  const passed: string[] = [];
  for (let step = 0; step < 60; step += 1) {
    await page.keyboard.press(key);
    const focused = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement | null;
      if (!element) return "";
      const label = element.getAttribute("aria-label") ?? (element as HTMLInputElement).labels?.[0]?.textContent;
      return (label ?? element.textContent ?? "").trim();
    });
    if (name.test(focused)) return;
    passed.push(focused.slice(0, 30));
  }
  throw new Error(`${key} never reached ${name} on ${page.url()}, only ${passed.join(" > ")}`);
}

/** What has the focus must be seen to have it. */
async function expectFocusVisible(page: Page): Promise<void> {
  const seen = await page.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) return false;
    const style = getComputedStyle(element);
    return style.outlineStyle !== "none" || style.boxShadow !== "none";
  });
  expect(seen).toBe(true);
}

test("the whole story can be done by keyboard alone", async () => {
  await fetch(inject("feed"), {
    method: "POST",
    body: JSON.stringify([quake({ id: "e2e00003", magnitude: 6.6, place: "5 km N of Ridgecrest, CA", longitude: -117.67, latitude: 35.66 })]),
  });
  const page = await stranger();
  await page.goto("/");
  await page.getByLabel("User name").waitFor();
  await tabTo(page, /^User name/);
  await page.keyboard.type("incident-commander");
  await tabTo(page, /^Password/);
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");
  await page.getByRole("region", { name: "Map of hazards and incidents" }).first().waitFor();

  // To the hazards, the first of the list, and into an incident.
  await page.keyboard.press("g");
  await page.keyboard.press("h");
  await page.waitForURL(/\/hazards/);
  await page.getByRole("heading", { level: 1, name: "Hazards" }).waitFor();
  await page.locator("[data-row]", { hasText: "5 km N of Ridgecrest" }).first().waitFor({ timeout: 15_000 });
  for (let row = 0; row < 20; row += 1) {
    await page.keyboard.press("j");
    const text = await page.evaluate(() => document.activeElement?.closest("tr, li")?.textContent ?? document.activeElement?.textContent ?? "");
    if (text.includes("5 km N of Ridgecrest")) break;
  }
  await expectFocusVisible(page);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: /5 km N of Ridgecrest/ }).first().waitFor();
  await tabTo(page, /^Declare incident$/);
  await expectFocusVisible(page);
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/incidents\/[0-9a-f-]{36}/);

  // Activate it.
  await page.getByRole("button", { name: "Activate" }).waitFor();
  await tabTo(page, /^Activate$/);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Demobilize" }).waitFor();

  // An objective.
  await tabTo(page, /^Overview/);
  await page.keyboard.press("ArrowRight");
  await page.waitForURL(/tab=work/);
  await page.getByRole("button", { name: "Add objective" }).waitFor();
  await tabTo(page, /^Objective$/);
  await page.keyboard.type("Account for every resident of the mobile home park");
  await page.keyboard.press("Enter");
  await page.getByText("Account for every resident").first().waitFor();

  // A note in the journal.
  await tabTo(page, /^Objectives and tasks/, "Shift+Tab");
  await page.keyboard.press("ArrowLeft");
  await page.getByRole("button", { name: "Add note" }).waitFor();
  await tabTo(page, /^Write a note/);
  await page.keyboard.type("Gas leak smelled at the trailer park");
  await tabTo(page, /^Add note$/);
  await page.keyboard.press("Enter");
  await page.getByRole("main").getByText("Gas leak smelled").first().waitFor();

  // Back to the map by the palette.
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.type("map");
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.pathname === "/");
  expect(page.errors).toEqual([]);
});
