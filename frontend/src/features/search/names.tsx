import { useQuery } from "@tanstack/react-query";
import { Activity, Building2, FileQuestion, Inbox, Megaphone, Siren, UserRound, Waves, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { answer, api } from "@/api/client";
import type { IncidentStatus, Severity } from "@/api/types";
import { useMay, useMe } from "@/auth/me";
import { SEVERITIES, SEVERITY_SHAPE, SeverityMark, STATUS_SHAPE, StatusMark, STATUSES } from "@/components/meanings";
import { tOr } from "@/i18n";
import { organizationsQuery } from "./api/search";

/** Kinds of records by the services that exist; one of a later service has a plain sign and its own word. */
export const KINDS = ["incident", "hazard", "alert", "received_alert", "person", "organization", "activity"] as const;

const ICONS: Partial<Record<string, LucideIcon>> = { incident: Siren, hazard: Waves, alert: Megaphone, received_alert: Inbox, person: UserRound, organization: Building2, activity: Activity };

export const KindIcon = ({ kind, className }: { kind: string; className?: string }): ReactNode => {
  const Icon = ICONS[kind] ?? FileQuestion;
  return <Icon aria-hidden className={className} />;
};

const words = (key: string): string => key.replaceAll(/[-_.]/g, " ");

/** One of them: "Incident". */
export const kindName = (kind: string): string => tOr(`search.kind.${kind}`, words(kind));

/** All of them: "Incidents". */
export const kindsName = (kind: string): string => tOr(`search.kinds.${kind}`, words(kind));

const isStatus = (value: string): value is IncidentStatus => STATUSES.includes(value as IncidentStatus);
export const isSeverity = (value: string): value is Severity => SEVERITIES.includes(value as Severity);

/** Status or severity by colour, shape and word. */
export function StateMark({ value }: { value: string }): ReactNode {
  if (isStatus(value)) return <StatusMark status={value} />;
  return isSeverity(value) ? <SeverityMark severity={value} /> : <span>{words(value)}</span>;
}

/** The same as plain text, for a menu. */
export function stateName(value: string): string {
  if (isStatus(value)) return `${STATUS_SHAPE[value]} ${tOr(`common.status.${value}`, value)}`;
  return isSeverity(value) ? `${SEVERITY_SHAPE[value]} ${tOr(`common.severity.${value}`, value)}` : words(value);
}

/** "muster.incident.status_changed.v1" in words: "incident status changed". */
const eventName = (type: string): string => words(type.replace(/^muster\./, "").replace(/\.v\d+$/, ""));

/** The name of a type: of an incident, of a hazard, or of what happened. */
export function useTypeName(): (type: string) => string {
  const kinds = useQuery({
    queryKey: ["incidents", "kinds"],
    queryFn: () => answer(api.GET("/api/v1/incidents/kinds")),
    staleTime: Infinity,
    enabled: useMay("incidents:read"),
  }).data?.items;
  return (type) =>
    type.startsWith("muster.") ? eventName(type) : (kinds?.find(({ key }) => key === type)?.name ?? tOr(`hazards.kind.${type}`, words(type)));
}

/** The name of an organization, undefined while unknown or for those who may not read the directory. */
export function useOrganizationName(): (id: string) => string | undefined {
  const mine = useMe()?.organization;
  const all = useQuery({ ...organizationsQuery, enabled: useMay("people:read") }).data?.items;
  return (id) => (id === mine?.id ? mine.name : all?.find((one) => one.id === id)?.name);
}

interface Linked {
  kind: string;
  id: string;
  url: string;
}

/** Where a record is shown; null for one that has no page. An entry of the journal without an incident opens in the journal, a person's name all they did. */
export function pageOf({ kind, id, url }: Linked): string | null {
  if (kind === "activity" && url === "/activity") return `/activity?entry=${id}`;
  if (kind === "person" && url === "") return `/activity?person=${id}`;
  return url === "" ? null : url;
}
