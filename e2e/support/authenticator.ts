/** An authenticator app for a demo account: set up by API, taken off again at the story's end. */
import { createHmac } from "node:crypto";
import { expect, inject } from "vitest";
import { token } from "./people.ts";

const STEP_SECONDS = 30;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The bytes of a base32 text (RFC 4648). */
function decoded(base32: string): Buffer {
  const bits = [...base32.replace(/=+$/, "")].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, "0")).join("");
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

/** The code of one step (RFC 6238 with HMAC-SHA-1 and six digits, as authenticator apps make it). */
export function codeAt(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac("sha1", decoded(secret)).update(counter).digest();
  const number = mac.readUInt32BE((mac.at(-1) ?? 0) & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

export interface Authenticator {
  /** A code that was not given out before; waits (up to 30 s) when all that are good now were. */
  code: () => Promise<string>;
  /** Take the second factor off, so that the next story signs in by password alone. */
  remove: () => Promise<void>;
}

async function post(path: string, bearer: string, body?: unknown): Promise<Response> {
  return fetch(`${inject("address")}/api/v1${path}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${bearer}`, ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/**
 * Turn the second factor of a role's demo account on. Whoever signed in before stays signed in without one, so that an act that
 * asks for it opens the question; `person(role, options, await app.code())` signs in with one.
 */
export async function enrolTotp(role: string): Promise<Authenticator> {
  const bearer = await token(role);
  const begun = await post("/me/totp", bearer);
  expect(begun.status).toBe(200);
  const { secret } = (await begun.json()) as { secret: string };
  let last = 0;

  // The server takes the step before, the present and the next one, each after the last it has seen.
  async function code(): Promise<string> {
    for (;;) {
      const now = Date.now() / 1000;
      const present = Math.floor(now / STEP_SECONDS);
      // One that is about to be too old is not begun with: the request may arrive in the next step.
      const earliest = now % STEP_SECONDS < STEP_SECONDS / 2 ? present - 1 : present;
      const step = Math.max(last + 1, earliest);
      if (step <= present + 1) {
        last = step;
        return codeAt(secret, step);
      }
      await new Promise((done) => setTimeout(done, 500));
    }
  }

  expect((await post("/me/totp/confirm", bearer, { code: await code() })).status).toBe(204);
  return {
    code,
    remove: async () => {
      let answer = await post("/me/totp/disable", bearer, { code: await code() });
      // The token with which it was set up is good for ten minutes.
      if (answer.status === 401) answer = await post("/me/totp/disable", await token(role, await code()), { code: await code() });
      expect(answer.status).toBe(204);
    },
  };
}
