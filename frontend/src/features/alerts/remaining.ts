import { t } from "@/i18n";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "42 min left", "3 h 5 min left", "2 d 4 h left": as exact as someone needs it who must act before the end. */
export function remaining(milliseconds: number): string {
  if (milliseconds < MINUTE) return t("alerts.leftMoment");
  if (milliseconds < HOUR) return t("alerts.leftMinutes", { minutes: Math.floor(milliseconds / MINUTE) });
  const minutes = Math.floor((milliseconds % HOUR) / MINUTE);
  if (milliseconds < DAY) return t("alerts.leftHours", { hours: Math.floor(milliseconds / HOUR), minutes });
  return t("alerts.leftDays", { days: Math.floor(milliseconds / DAY), hours: Math.floor((milliseconds % DAY) / HOUR) });
}
