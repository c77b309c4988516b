import { languageTag, t } from "@/i18n";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The zone in which local times are written: the organization's; the browser's until it is known. */
let zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

export function setTimeZone(name: string): void {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    zone = name;
  } catch {
    // An unknown zone name keeps the browser's; times stay right, only less familiar.
  }
}

export const timeZone = (): string => zone;

const format = (date: Date, options: Intl.DateTimeFormatOptions, timeZone: string): string =>
  new Intl.DateTimeFormat(languageTag(), { ...options, timeZone }).format(date);

/** "14:07:31Z" */
export const utcClock = (date: Date): string => `${date.toISOString().slice(11, 19)}Z`;

/** "07:07 PDT" */
export const localClock = (date: Date): string =>
  format(date, { hour: "2-digit", minute: "2-digit", hour12: false, timeZoneName: "short" }, zone);

/** "2019-07-06 03:19:53Z" */
export const utcTime = (instant: string): string =>
  new Date(instant).toISOString().replace("T", " ").replace(/\.\d+Z$/, "Z");

/** "Jul 5, 2019, 20:19 PDT" */
export const localTime = (instant: string): string =>
  format(
    new Date(instant),
    { year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false, timeZoneName: "short" },
    zone,
  );

/** Both times in full, for a tooltip and for print. */
export const fullTime = (instant: string): string => `${utcTime(instant)} · ${localTime(instant)}`;

const sameDay = (a: Date, b: Date): boolean => {
  const day: Intl.DateTimeFormatOptions = { year: "numeric", month: "numeric", day: "numeric" };
  return format(a, day, zone) === format(b, day, zone);
};

/** Relative up to an hour ("4 min ago"), then the local time, with the date when it was another day. */
export function shortTime(instant: string, now: Date = new Date()): string {
  const date = new Date(instant);
  const age = now.getTime() - date.getTime();
  if (Math.abs(age) < MINUTE) return t("common.justNow");
  if (age > 0 && age < HOUR) return t("common.minutesAgo", { count: Math.floor(age / MINUTE) });
  if (age < 0 && age > -HOUR) return t("common.inMinutes", { count: Math.ceil(-age / MINUTE) });
  const clock: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", hour12: false };
  if (sameDay(date, now)) return format(date, clock, zone);
  const year: Intl.DateTimeFormatOptions =
    date.getUTCFullYear() === now.getUTCFullYear() ? {} : { year: "numeric" };
  return format(date, { ...year, month: "short", day: "numeric", ...clock }, zone);
}

/** "45 s", "4 min", "3 h", "2 d": how old something is; null is unknown, written "–", never 0. */
export function age(seconds: number | null): string {
  if (seconds === null) return "–";
  if (seconds < 60) return t("common.seconds", { count: Math.max(0, Math.round(seconds)) });
  if (seconds < 3600) return t("common.minutes", { count: Math.round(seconds / 60) });
  if (seconds < 48 * 3600) return t("common.hours", { count: Math.round(seconds / 3600) });
  return t("common.days", { count: Math.round(seconds / 86_400) });
}

/** For `<input type="datetime-local">`: the instant in the organization's zone, to the minute. */
export function toLocalInput(instant: string): string {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  }).formatToParts(new Date(instant));
  const part = (type: string): string => parts.find((p) => p.type === type)?.value ?? "";
  return `${part("year")}-${part("month")}-${part("day")}T${part("hour")}:${part("minute")}`;
}

/** The instant (ISO 8601 UTC) of a local input in the organization's zone, also across a change of summer time. */
export function fromLocalInput(local: string): string {
  const asUtc = Date.parse(`${local}:00Z`);
  let guess = asUtc;
  for (let pass = 0; pass < 2; pass += 1) {
    const shown = Date.parse(`${toLocalInput(new Date(guess).toISOString())}:00Z`);
    guess += asUtc - shown;
  }
  return new Date(guess).toISOString().replace(".000Z", "Z");
}
