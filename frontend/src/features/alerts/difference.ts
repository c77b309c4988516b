import { parts, type Content } from "./content";

export interface Change {
  /** JSON pointer of the part; a language's texts go by its tag. */
  key: string;
  before: unknown;
  after: unknown;
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
const nothing = (value: unknown): boolean => value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);

/** What differs between two versions, part by part, in the order of the form. */
export function changes(before: Content, after: Content): Change[] {
  const from = parts(before);
  const to = parts(after);
  return [...new Set([...to.keys(), ...from.keys()])].flatMap((key) => {
    const [one, other] = [from.get(key), to.get(key)];
    return same(one, other) || (nothing(one) && nothing(other)) ? [] : [{ key, before: one, after: other }];
  });
}

export interface Piece {
  text: string;
  kind: "kept" | "gone" | "new";
}

/** Beyond so many words the two texts are simply shown one after the other. */
const MOST = 1500;

/** Two texts as one, word by word: what was kept, what is gone, what is new. */
export function compareWords(before: string, after: string): Piece[] {
  const a = before.split(/(\s+)/).filter(Boolean);
  const b = after.split(/(\s+)/).filter(Boolean);
  if (a.length > MOST || b.length > MOST) return pieces([[before, "gone"], [after, "new"]]);
  // The longest common sequence, by the table of its lengths.
  const width = b.length + 1;
  const lengths = new Uint16Array((a.length + 1) * width);
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const found: [string, Piece["kind"]][] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      found.push([a[i] ?? "", "kept"]);
      i += 1;
      j += 1;
    } else if (i < a.length && (j >= b.length || at(i + 1, j) >= at(i, j + 1))) {
      found.push([a[i] ?? "", "gone"]);
      i += 1;
    } else {
      found.push([b[j] ?? "", "new"]);
      j += 1;
    }
  }
  // A text that was written anew is easier to read beside the old one than woven into it.
  const words = (texts: readonly string[]): number => texts.filter((text) => text.trim() !== "").length;
  const kept = words(found.flatMap(([text, kind]) => (kind === "kept" ? [text] : [])));
  if (kept * 3 < Math.min(words(a), words(b))) return pieces([[before, "gone"], [after, "new"]]);
  return pieces(found);
}

function pieces(found: readonly (readonly [string, Piece["kind"]])[]): Piece[] {
  const joined: Piece[] = [];
  for (const [text, kind] of found) {
    const last = joined.at(-1);
    if (last?.kind === kind) last.text += text;
    else if (text) joined.push({ text, kind });
  }
  return joined;
}
