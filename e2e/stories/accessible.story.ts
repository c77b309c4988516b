/**
 * Every page, at the desk in light and on the phone in dark: nothing serious for axe, no sideways scrolling. Colours do not
 * depend on the screen, nor the layout on the colours: two of the four tell all, in half the time, and side by side.
 */
import { afterAll, expect, inject, test } from "vitest";
import { DESK, PHONE, accessibilityFindings, closeBrowser, person, stranger, token } from "../support/people.ts";

afterAll(closeBrowser);

const PAGES = [
  "/",
  "/incidents",
  "/incidents?view=board",
  "/incidents/declare",
  "/hazards",
  "/hazards/feeds",
  "/hazards/rules",
  "/alerts",
  "/alerts?view=board",
  "/alerts?view=map",
  "/alerts/new",
  "/alerts/import",
  "/alerts/received",
  "/alerts/received?view=single",
  "/alerts/templates",
  "/alerts/boundaries",
  "/alerts/hooks",
  "/alerts/feeds",
  "/notifications",
  "/notifications/subscribers",
  "/notifications/channels",
  "/search",
  "/search?q=cedar",
  "/search?q=cedr&period=24h",
  "/activity",
  "/activity/ics-214",
  "/activity/integrity",
  "/administration",
  "/administration/users",
  "/administration/roles",
  "/administration/api-keys",
  "/account",
  "/nowhere",
];

async function anIncident(): Promise<string> {
  const answer = await fetch(`${inject("address")}/api/v1/incidents`, {
    method: "POST",
    headers: { authorization: `Bearer ${await token("incident-commander")}`, "content-type": "application/json" },
    body: JSON.stringify({ name: "Cedar Creek Fire", kind: "wildfire", summary: "Brush fire, light wind." }),
  });
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { id: string }).id;
}

async function aDraft(): Promise<string> {
  const answer = await fetch(`${inject("address")}/api/v1/alerts`, {
    method: "POST",
    headers: { authorization: `Bearer ${await token("incident-commander")}`, "content-type": "application/json" },
    body: JSON.stringify({
      content: {
        term: "wild-fire",
        severity: "Severe",
        texts: [
          { language: "en-US", event: "Wildfire", headline: "Fire is moving toward Kernville", description: "The wind has turned." },
          { language: "ar", event: "حريق", headline: "" },
        ],
        areas: [{ description: "Kernville", circle: { longitude: -118.42, latitude: 35.75, radius_km: 5 } }],
      },
    }),
  });
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { id: string }).id;
}

for (const [screen, options, colorScheme] of [["desk", DESK, "light"], ["phone", PHONE, "dark"]] as const) {
  test.concurrent(`every page on the ${screen}, ${colorScheme}`, async () => {
    const outside = await stranger({ ...options, colorScheme });
    await outside.goto("/");
    await outside.getByLabel("User name").waitFor();
    expect(await accessibilityFindings(outside)).toEqual([]);
    const page = await person("administrator", { ...options, colorScheme });
    const incident = await anIncident();
    const tabs = ["", "?tab=work", "?tab=command", "?tab=relations"].map((tab) => `/incidents/${incident}${tab}`);
    const alert = await aDraft();
    const alertPages = ["", "/edit", "/edit?part=area", "/edit?part=preview", "/review"].map((part) => `/alerts/${alert}${part}`);
    const wrong: string[] = [];
    for (const path of [...PAGES, ...tabs, ...alertPages]) {
      await page.goto(path);
      await page
        .getByRole("heading", { level: 1 })
        .first()
        .waitFor({ state: "attached" })
        .catch(() => wrong.push(`${path}: no heading`));
      await page.waitForTimeout(700);
      wrong.push(...(await accessibilityFindings(page)).map((finding) => `${path}: ${finding}`));
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (wider > 0) wrong.push(`${path}: scrolls sideways by ${wider} px`);
    }
    expect([...wrong, ...page.errors]).toEqual([]);
  }, 360_000);
}
