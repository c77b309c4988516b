import { languageTag } from "@/i18n";

/** Those that alerts are most often written in; any other tag can be typed. */
export const USUAL = ["en-US", "es-US", "fr-CA", "ar", "zh-Hans", "zh-Hant", "vi", "tl", "ko", "ht", "ru", "fa", "hy", "pa", "hmn", "pt"] as const;

/** "Spanish (United States)", or the tag where nobody has a name for it. */
export function languageName(tag: string): string {
  try {
    return new Intl.DisplayNames([languageTag()], { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/** Whether a text is a language tag (RFC 5646) in the form that the API takes. */
export const isLanguage = (tag: string): boolean => /^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}$/.test(tag);
