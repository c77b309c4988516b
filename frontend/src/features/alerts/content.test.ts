import { expect, test } from "vitest";
import { floodContent } from "@/testing/alerts";
import { mergeContent, missing, whole } from "./content";
import { changes, compareWords } from "./difference";
import { polygon, readCorners, withRings } from "./geometry";
import { remaining } from "./remaining";

const base = whole(floodContent());
const english = base.texts[0] ?? expect.fail("no words");

test("changes of two people to different parts come together", () => {
  const mine = { ...base, texts: [{ ...english, headline: "Leave Kernville now" }] };
  const theirs = { ...base, severity: "Extreme" as const, texts: [{ ...english, instruction: "Go to the high school." }] };
  const { content, contested } = mergeContent(base, mine, theirs);
  expect(contested).toEqual([]);
  expect(content.severity).toBe("Extreme");
  expect(content.texts[0]).toMatchObject({ headline: "Leave Kernville now", instruction: "Go to the high school." });
});

test("a part that both changed is contested, and mine stands until someone chooses", () => {
  const mine = { ...base, severity: "Extreme" as const };
  const theirs = { ...base, severity: "Minor" as const };
  expect(mergeContent(base, mine, theirs)).toMatchObject({ contested: ["/severity"], content: { severity: "Extreme" } });
});

test("a language that someone else added is not lost", () => {
  const spanish = { ...english, language: "es-US", headline: "El río Kern crece" };
  const { content } = mergeContent(base, { ...base, severity: "Extreme" }, { ...base, texts: [english, spanish] });
  expect(content.texts.map((words) => words.language)).toEqual(["en-US", "es-US"]);
  expect(content.texts[1]?.headline).toBe("El río Kern crece");
});

test("a language misses what every alert needs, and what another language has", () => {
  const spanish = { ...english, language: "es-US", headline: "", instruction: "" };
  expect(missing(spanish, [english, spanish])).toEqual(["headline", "instruction"]);
  expect(missing(english, [english])).toEqual([]);
});

test("what changed is told part by part and word by word", () => {
  const after = { ...base, texts: [{ ...english, description: "Water is over the old bridge." }] };
  expect(changes(base, after).map((change) => change.key)).toEqual(["/texts/en-US/description"]);
  expect(compareWords("Water is over the bridge.", "Water is over the old bridge.")).toEqual([
    { text: "Water is over the ", kind: "kept" },
    { text: "old ", kind: "new" },
    { text: "bridge.", kind: "kept" },
  ]);
  // Written anew: one after the other, for nobody can read them woven together.
  expect(compareWords("A wildfire is moving toward Cedar Creek.", "Bacteria were found in the water.")).toEqual([
    { text: "A wildfire is moving toward Cedar Creek.", kind: "gone" },
    { text: "Bacteria were found in the water.", kind: "new" },
  ]);
  expect(changes(base, base)).toEqual([]);
});

test("corners are read in every notation, and the first line that is none is named", () => {
  expect(readCorners("35.7, -118.5\n\n35°42'0\"N 118°24'0\"W\n35.8, -118.4")).toMatchObject({ wrong: null, corners: [[-118.5, 35.7], [expect.closeTo(-118.4), expect.closeTo(35.7)], [-118.4, 35.8]] });
  expect(readCorners("35.7, -118.5\nKernville").wrong).toBe(2);
  // Closed by habit: the last corner is the first again.
  expect(readCorners("35.7, -118.5\n35.7, -118.4\n35.8, -118.4\n35.7, -118.5").corners).toHaveLength(3);
});

test("a polygon is closed, also after its corners were pulled", () => {
  const drawn = polygon([[-118.5, 35.7], [-118.4, 35.7], [-118.4, 35.8]]);
  expect(drawn.coordinates[0]).toEqual([[-118.5, 35.7], [-118.4, 35.7], [-118.4, 35.8], [-118.5, 35.7]]);
  expect(withRings(drawn, [[[-119, 35.7], [-118.4, 35.7], [-118.4, 35.8]]]).coordinates[0]).toEqual([[-119, 35.7], [-118.4, 35.7], [-118.4, 35.8], [-119, 35.7]]);
});

test.each([
  [30_000, "less than a minute left"],
  [42.5 * 60_000, "42 min left"],
  [3 * 3_600_000 + 5 * 60_000, "3 h 5 min left"],
  [52 * 3_600_000, "2 d 4 h left"],
])("%d ms are %s", (milliseconds, words) => {
  expect(remaining(milliseconds)).toBe(words);
});
