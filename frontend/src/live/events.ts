import type { QueryClient, QueryKey } from "@tanstack/react-query";
import type { Activity } from "@/api/types";

/** Which cached answers an event makes old, by the beginning of its type. Every event is also in the journal. */
const MAKES_OLD: readonly (readonly [prefix: string, keys: (event: Activity) => QueryKey[]])[] = [
  ["muster.hazard.", () => [["hazards"]]],
  ["muster.feed.", () => [["hazards", "feeds"]]],
  ["muster.incident.", incident],
  ["muster.position.", incident],
  ["muster.operational_period.", incident],
  ["muster.objective.", incident],
  ["muster.task.", incident],
  ["muster.help.", () => [["incidents", "help"]]],
  ["muster.subscriber", () => [["notifications", "subscribers"]]],
  ["muster.broadcast.", () => [["notifications", "broadcasts"]]],
  ["muster.alert.received.", () => [["received-alerts"]]],
  ["muster.alert.", alert],
  ["muster.account.", () => [["users"], ["people"], ["me"]]],
  ["muster.role.", () => [["roles"], ["users"], ["me"]]],
  ["muster.api_key.", () => [["api-keys"]]],
  ["muster.organization.", () => [["organizations"], ["me"]]],
];

function incident(event: Activity): QueryKey[] {
  // A declaration from a hazard also changes that hazard: it now names its incident.
  const hazards: QueryKey[] = event.type === "muster.incident.declared" || event.type.startsWith("muster.incident.declared.") ? [["hazards"]] : [];
  return [["incidents", "list"], ["incidents", "detail", event.incident_id ?? ""], ...hazards];
}

/** One alert's news changes the lists and the whole thread of its messages, which tell of each other. */
function alert(event: Activity): QueryKey[] {
  return event.type.startsWith("muster.alert.received.") ? [] : [["alerts", "list"], ["alerts", "detail"]];
}

export function staleKeys(event: Activity): QueryKey[] {
  const keys = MAKES_OLD.filter(([prefix]) => event.type.startsWith(prefix)).flatMap(([, of]) => of(event));
  return [...keys, ["activity"]];
}

/** A burst of events (a poll of a feed brings hundreds) refetches each list once. */
const GATHER_MS = 120;

/** Refetches what an event made old: the first at once, those that follow closely in one go. */
export function invalidator(client: QueryClient): (event: Activity) => void {
  const waiting = new Map<string, QueryKey>();
  let timer: ReturnType<typeof setTimeout> | null = null;
  const flush = (): void => {
    const keys = [...waiting.values()];
    waiting.clear();
    for (const queryKey of keys) void client.invalidateQueries({ queryKey });
    timer = setTimeout(() => {
      timer = null;
      if (waiting.size > 0) flush();
    }, GATHER_MS);
  };
  return (event) => {
    for (const key of staleKeys(event)) waiting.set(JSON.stringify(key), key);
    if (timer === null) flush();
  };
}
