import { expect, test } from "vitest";
import { areaBounds } from "./position";

test("an area's bounds hold all its parts", () => {
  const kern = { type: "MultiPolygon" as const, coordinates: [[[[-120, 34.8], [-118, 34.8], [-118, 35], [-120, 34.8]]], [[[-119, 35], [-117.6, 35], [-117.6, 35.8], [-119, 35]]]] };
  expect(areaBounds(kern)).toEqual([-120, 34.8, -117.6, 35.8]);
});

test("an area on both sides of the antimeridian stays together", () => {
  const fiji = { type: "MultiPolygon" as const, coordinates: [[[[177, -18], [180, -18], [180, -16], [177, -18]]], [[[-180, -17], [-179, -17], [-179, -16], [-180, -17]]]] };
  expect(areaBounds(fiji)).toEqual([-183, -18, -179, -16]);
});
