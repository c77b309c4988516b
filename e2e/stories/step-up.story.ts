/** A second factor, from setting it up to the moment an act asks for it. The act itself is the alerts' story. */
import { afterAll, expect, inject, test } from "vitest";
import { codeAt, enrolTotp } from "../support/authenticator.ts";
import { closeBrowser, person, token } from "../support/people.ts";

const ROLE = "planning-section-chief";

afterAll(closeBrowser);

const claims = (accessToken: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(accessToken.split(".")[1] ?? "", "base64url").toString()) as Record<string, unknown>;

test("our authenticator computes what the standard's test vectors say", () => {
  // RFC 6238, appendix B: the secret is the text 12345678901234567890; the last six of its eight digits.
  const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
  expect(codeAt(secret, Math.floor(59 / 30))).toBe("287082");
  expect(codeAt(secret, Math.floor(1_111_111_109 / 30))).toBe("081804");
  expect(codeAt(secret, Math.floor(20_000_000_000 / 30))).toBe("353130");
});

test("somebody who signed in by password proves the second factor later, and signs in with it elsewhere", async () => {
  const before = await token(ROLE);
  const app = await enrolTotp(ROLE);
  try {
    const proven = await fetch(`${inject("address")}/api/v1/auth/step-up`, {
      method: "POST",
      headers: { Authorization: `Bearer ${before}`, "Content-Type": "application/json" },
      body: JSON.stringify({ code: await app.code() }),
    });
    expect(proven.status).toBe(200);
    const { access_token } = (await proven.json()) as { access_token: string };
    expect(claims(before)["mfa_time"]).toBeNull();
    expect(Math.abs(Number(claims(access_token)["mfa_time"]) - Date.now() / 1000)).toBeLessThan(60);

    const page = await person(ROLE, undefined, await app.code());
    expect(page.errors).toEqual([]);
    await page.context().close();
  } finally {
    await app.remove();
  }
  expect(claims(await token(ROLE))["mfa_time"]).toBeNull();
}, 180_000);
