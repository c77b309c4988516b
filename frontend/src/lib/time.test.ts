import { beforeEach, expect, test } from "vitest";
import { age, fromLocalInput, fullTime, setTimeZone, shortTime, toLocalInput } from "./time";

beforeEach(() => setTimeZone("America/Los_Angeles"));

const now = new Date("2019-07-06T03:30:00Z");

test.each([
  ["2019-07-06T03:29:40Z", "just now"],
  ["2019-07-06T03:26:00Z", "4 min ago"],
  ["2019-07-06T03:42:00Z", "in 12 min"],
  ["2019-07-06T01:00:00Z", "18:00"],
  ["2019-07-04T17:33:49Z", "Jul 4, 10:33"],
  ["2018-07-04T17:33:49Z", "Jul 4, 2018, 10:33"],
])("%s is written as it is said: %s", (instant, text) => {
  expect(shortTime(instant, now)).toBe(text);
});

test("the full time is in UTC and local", () => {
  expect(fullTime("2019-07-06T03:19:53Z")).toBe("2019-07-06 03:19:53Z · Jul 5, 2019, 20:19 PDT");
});

test("an unknown age is never written as zero", () => {
  expect(age(null)).toBe("–");
  expect(age(0)).toBe("0 s");
  expect(age(7200)).toBe("2 h");
});

test.each(["2019-07-05T20:19", "2019-03-10T03:30", "2019-11-03T00:30", "2019-11-03T12:00"])("a local input %s survives the way to UTC and back", (local) => {
  expect(toLocalInput(fromLocalInput(local))).toBe(local);
});

test("an unknown time zone keeps the one before", () => {
  setTimeZone("Middle/Earth");
  expect(toLocalInput("2019-07-06T03:19:00Z")).toBe("2019-07-05T20:19");
});
