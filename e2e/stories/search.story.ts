/** An incident is found by a misspelt word and by a beginning, opened from the palette; a saved search tells of the next. */
import { afterAll, expect, inject, test } from "vitest";
import { closeBrowser, person, token } from "../support/people.ts";

afterAll(closeBrowser);

/** The first event after a start may wait for its consumers. */
const FOUND_MS = 20_000;

async function declare(name: string): Promise<string> {
  const answer = await fetch(`${inject("address")}/api/v1/incidents`, {
    method: "POST",
    headers: { authorization: `Bearer ${await token("incident-commander")}`, "content-type": "application/json" },
    body: JSON.stringify({ name, kind: "wildfire" }),
  });
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { id: string }).id;
}

async function findable(words: string): Promise<boolean> {
  const answer = await fetch(`${inject("address")}/api/v1/search?${new URLSearchParams({ q: words }).toString()}`, {
    headers: { authorization: `Bearer ${await token("dispatcher")}` },
  });
  return ((await answer.json()) as { items: unknown[] }).items.length > 0;
}

test("what is declared is found however it is typed, and a saved search tells of what follows", async () => {
  const id = await declare("Juniper Canyon Fire");
  await expect.poll(() => findable("juniper canyon"), { timeout: FOUND_MS, interval: 250 }).toBe(true);
  const page = await person("dispatcher");

  // By a misspelt word, on the page.
  await page.goto("/search");
  const field = page.getByRole("combobox", { name: "Search everything" });
  await field.fill("junipre cannyon");
  await field.press("Enter");
  const results = page.getByRole("list", { name: "Results" });
  await results.getByRole("link", { name: /Juniper Canyon Fire/ }).first().waitFor();
  await page.getByRole("button", { name: /Did you mean “juniper canyon”/ }).click();
  await page.waitForURL(/q=juniper\+canyon/);
  await page.getByText("exactly").waitFor({ state: "detached" });
  await results.getByRole("link", { name: /Juniper Canyon Fire/ }).first().waitFor();

  // By a beginning, from the palette.
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.type("junip");
  await page.getByRole("option", { name: /Juniper Canyon Fire/ }).first().waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL(new RegExp(`/incidents/${id}`));
  await page.getByRole("heading", { level: 1, name: "Juniper Canyon Fire" }).waitFor();

  // Saved, and told of the next one on another page.
  await page.goto("/search?q=juniper&kind=incident");
  await page.getByRole("button", { name: "Save this search" }).click();
  await page.getByLabel("Name").fill("Junipers");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved as “Junipers”").waitFor();
  await page.getByRole("navigation").getByRole("link", { name: "Incidents" }).click();
  await page.getByRole("heading", { level: 1, name: "Incidents" }).waitFor();
  await declare("Juniper Flat Fire");
  await page.getByText("“Junipers” has found 1 new").first().waitFor({ timeout: FOUND_MS });
  await page.getByRole("navigation").getByText("1 new in saved searches").waitFor({ state: "attached" });
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await page.waitForURL(/\/search\?q=juniper/);
  await results.getByRole("link", { name: /Juniper Flat Fire/ }).first().waitFor();
  // Seen: nothing is news any more.
  await page.getByRole("navigation").getByText("1 new in saved searches").waitFor({ state: "detached" });
  expect(page.errors).toEqual([]);
});
