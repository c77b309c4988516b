import { t } from "@/i18n";
import { localTime } from "@/lib/time";
import type { AlertPlace, TextName } from "./content";
import { languageName } from "./languages";

/** What a part of an alert is called: "/texts/es-US/headline" is "Headline · Spanish (United States)". */
export function partName(key: string): string {
  const [, first = "", language = "", name = ""] = key.split("/");
  if (first === "texts") return `${t(`alerts.text.${name as TextName}`)} · ${languageName(language)}`;
  return t(`alerts.partName.${first as PartName}`);
}

type PartName =
  | "term" | "categories" | "response_types" | "urgency" | "severity" | "certainty" | "effective" | "onset" | "expires" | "expires_after_minutes"
  | "note" | "event_codes" | "parameters" | "resources" | "languages" | "areas";

interface NamedValue {
  name: string;
  value: string;
}

/** A part's value as a person reads it. */
export function partText(key: string, value: unknown): string {
  if (value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0)) return "";
  switch (key) {
    case "/effective":
    case "/onset":
    case "/expires":
      return localTime(value as string);
    case "/expires_after_minutes":
      return t("alerts.afterPublishing", { minutes: value as number });
    case "/severity":
      return t(`common.severity.${value as "Extreme"}`);
    case "/urgency":
      return t(`alerts.urgency.${value as "Immediate"}`);
    case "/certainty":
      return t(`alerts.certainty.${value as "Observed"}`);
    case "/response_types":
      return (value as "Shelter"[]).map((each) => t(`alerts.response.${each}`)).join(", ");
    case "/categories":
      return (value as "Geo"[]).map((each) => t(`alerts.category.${each}`)).join(", ");
    case "/languages":
      return (value as string[]).map(languageName).join(", ");
    case "/areas":
      return (value as AlertPlace[]).map(placeText).join("\n");
    case "/event_codes":
    case "/parameters":
      return (value as NamedValue[]).map((each) => `${each.name} = ${each.value}`).join("\n");
    case "/resources":
      return (value as { description: string; uri: string }[]).map((each) => `${each.description} ${each.uri}`).join("\n");
    default:
      return typeof value === "string" ? value : JSON.stringify(value);
  }
}

/** An area in words: its name, how it was made, and how large it is by its corners. */
export function placeText(place: AlertPlace): string {
  const name = place.description || t("alerts.areaUnnamed");
  return `${name} (${placeKind(place)})`;
}

export function placeKind(place: AlertPlace): string {
  if (place.circle) {
    const { latitude, longitude, radius_km: km } = place.circle;
    return t("alerts.circleOf", { km: Math.round(km * 100) / 100, latitude: latitude.toFixed(4), longitude: longitude.toFixed(4) });
  }
  if (!place.geometry) return place.geocodes.length > 0 ? t("alerts.codesOnly") : t("alerts.notDrawn");
  const rings = place.geometry.type === "Polygon" ? place.geometry.coordinates : place.geometry.coordinates.flat();
  return t("alerts.corners", { count: rings.reduce((sum, ring) => sum + Math.max(0, ring.length - 1), 0) });
}
