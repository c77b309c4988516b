import type { AlertAreaContent, AlertContent, AlertWords } from "@/api/types";

/** An alert's words in one language, with every field there. */
export type Words = Required<AlertWords>;
export type AlertPlace = Required<AlertAreaContent>;
export type Geometry = NonNullable<AlertPlace["geometry"]>;

/** What an alert says, with every field there: an absent one is empty. */
export interface Content extends Required<Omit<AlertContent, "texts" | "areas">> {
  texts: Words[];
  areas: AlertPlace[];
}

/** The texts of a language, in the order in which they are written. */
export const TEXTS = ["event", "headline", "description", "instruction", "short", "shortest", "contact", "audience", "web"] as const;
export type TextName = (typeof TEXTS)[number];

/** What every language needs before it can go out; the rest is missed only where another language has it. */
const NEEDED: readonly TextName[] = ["event", "headline", "description"];
const COMPARED: readonly TextName[] = ["event", "headline", "description", "instruction", "short", "shortest", "contact"];

/** How long a text is as the API counts it: in code points. */
export const characters = (text: string): number => Array.from(text).length;

/** How long a text may be where people read it. */
export const LIMITS: Partial<Record<TextName, number>> = { headline: 160, short: 360, shortest: 90 };

export const emptyWords = (language: string): Words => ({
  language, event: "", headline: "", description: "", instruction: "", short: "", shortest: "", contact: "", audience: "", web: "",
});

export const emptyPlace = (): AlertPlace => ({ description: "", geometry: null, circle: null, geocodes: [], altitude: null, ceiling: null, origin: null });

export const EMPTY_CONTENT: Content = {
  term: null, categories: [], response_types: [], urgency: "Unknown", severity: "Unknown", certainty: "Unknown",
  effective: null, onset: null, expires: null, expires_after_minutes: null, note: "",
  event_codes: [], parameters: [], resources: [], texts: [], areas: [],
};

export const whole = (content: AlertContent): Content => ({
  ...EMPTY_CONTENT,
  ...content,
  texts: (content.texts ?? []).map((words) => ({ ...emptyWords(words.language), ...words })),
  areas: (content.areas ?? []).map((place) => ({ ...emptyPlace(), ...place })),
});

/** Which texts a language lacks. */
export const missing = (words: Words, all: readonly Words[]): TextName[] =>
  COMPARED.filter((name) => words[name].trim() === "" && (NEEDED.includes(name) || all.some((other) => other[name].trim() !== "")));

const RIGHT_TO_LEFT = new Set(["ar", "arc", "ckb", "dv", "fa", "he", "iw", "ku", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"]);

/** How a language is written. */
export const direction = (language: string): "ltr" | "rtl" => (RIGHT_TO_LEFT.has(language.toLowerCase().split("-")[0] ?? "") ? "rtl" : "ltr");

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

export const sameContent = (one: Content, other: Content): boolean => same(one, other);

/** The parts of a content that can be changed one by one, by their JSON pointer; a language's texts go by its tag. */
export function parts(content: Content): ReadonlyMap<string, unknown> {
  const { texts, areas, ...rest } = content;
  return new Map<string, unknown>([
    ...Object.entries(rest).map(([name, value]) => [`/${name}`, value] as const),
    ...texts.flatMap((words) => TEXTS.map((name) => [`/texts/${words.language}/${name}`, words[name]] as const)),
    ["/languages", texts.map((words) => words.language)],
    ["/areas", areas],
  ]);
}

interface Merged {
  content: Content;
  /** What both changed, and differently; `content` has mine. */
  contested: string[];
}

/** Bring two people's changes together: what only one of them changed is taken from them. */
export function mergeContent(base: Content, mine: Content, theirs: Content): Merged {
  const before = parts(base);
  const ours = parts(mine);
  const others = parts(theirs);
  const contested: string[] = [];
  const chosen = new Map<string, unknown>();
  for (const key of new Set([...ours.keys(), ...others.keys()])) {
    const changedHere = !same(ours.get(key), before.get(key));
    const changedThere = !same(others.get(key), before.get(key));
    if (changedHere && changedThere && !same(ours.get(key), others.get(key))) contested.push(key);
    chosen.set(key, changedHere || !others.has(key) ? ours.get(key) : others.get(key));
  }
  const languages = chosen.get("/languages") as string[];
  const content: Content = {
    ...mine,
    ...Object.fromEntries([...chosen].filter(([key]) => key.lastIndexOf("/") === 0 && key !== "/languages").map(([key, value]) => [key.slice(1), value])),
    texts: languages.map((language) => ({
      ...emptyWords(language),
      ...Object.fromEntries(TEXTS.flatMap((name) => {
        const value = chosen.get(`/texts/${language}/${name}`);
        return value === undefined ? [] : [[name, value]];
      })),
    })),
  };
  return { content, contested };
}
