import { en } from "./en";

type Catalogue = typeof en;

/** A message that counts: the form is chosen by the language's plural rules for `count`. */
export interface Plural {
  readonly one: string;
  readonly other: string;
  readonly zero?: string;
  readonly two?: string;
  readonly few?: string;
  readonly many?: string;
}

export type MessageKey = {
  [Area in keyof Catalogue]: `${Area}.${Extract<keyof Catalogue[Area], string>}`;
}[keyof Catalogue];

type Messages = Record<string, Readonly<Record<string, string | Plural>>>;

interface Language {
  readonly tag: string;
  readonly direction: "ltr" | "rtl";
  readonly messages: Messages;
}

const english: Language = { tag: "en", direction: "ltr", messages: en };

let current: Language = english;
let plurals = new Intl.PluralRules(current.tag);

/** The BCP 47 tag in which dates and numbers are written. */
export const languageTag = (): string => current.tag;

/** Change the language before the first render; missing messages fall back to English. */
export function speak(language: Language): void {
  current = language;
  plurals = new Intl.PluralRules(language.tag);
  document.documentElement.lang = language.tag;
  document.documentElement.dir = language.direction;
}

function find(language: Language, key: string): string | Plural | undefined {
  const dot = key.indexOf(".");
  return language.messages[key.slice(0, dot)]?.[key.slice(dot + 1)];
}

/** The text for a key, with `{name}` replaced by its value; `count` also chooses the plural form. */
export function t(key: MessageKey, values: Readonly<Record<string, string | number>> = {}): string {
  const message = find(current, key) ?? find(english, key) ?? key;
  const template =
    typeof message === "string"
      ? message
      : (message[plurals.select(Number(values["count"] ?? 0))] ?? message.other);
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? value.toLocaleString(current.tag) : value;
  });
}

/** The text for a key made from data (a kind, a code), or the data itself when nobody has named it yet. */
export function tOr(key: string, fallback: string): string {
  const message = find(current, key) ?? find(english, key);
  return typeof message === "string" ? message : fallback;
}
