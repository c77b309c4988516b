import { expect, test } from "vitest";
import { formatCoordinates, parseCoordinates } from "./coordinates";

const near = (text: string) => parseCoordinates(text)?.map((n) => Math.round(n * 1000) / 1000);

test.each([
  ["35.77, -117.599", [-117.599, 35.77]],
  ["35.77 -117.599", [-117.599, 35.77]],
  ["35.77N 117.599W", [-117.599, 35.77]],
  [`35°46'12"N 117°35'56.4"W`, [-117.599, 35.77]],
  ["35 46 12 N, 117 35 56.4 W", [-117.599, 35.77]],
  [`117°35'56.4"W 35°46'12"N`, [-117.599, 35.77]],
  ["11S MV 45867 58503", [-117.599, 35.77]],
  ["11smv4586758503", [-117.599, 35.77]],
])("%s is read as a place, longitude first", (text, place) => {
  expect(near(text)).toEqual(place.map((n) => expect.closeTo(n, 2) as number));
});

test.each(["", "Ridgecrest", "95, 20", "35.77", "35°61'0\"N 117°0'0\"W", "35.77, -190", "2026-000123"])("%s is not a place", (text) => {
  expect(parseCoordinates(text)).toBeNull();
});

test("a place is written in every way that someone may say it over the radio", () => {
  const written = formatCoordinates([-117.599, 35.77]);
  expect(written.decimal).toBe("35.77000, -117.59900");
  expect(written.dms).toBe("35°46′12.0″N 117°35′56.4″W");
  expect(near(written.grid ?? "")).toEqual([-117.599, 35.77]);
});

test("the poles have no military grid", () => {
  expect(formatCoordinates([0, 89]).grid).toBeNull();
});
