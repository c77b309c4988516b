import { useSyncExternalStore, type ReactNode } from "react";
import { fullTime, shortTime } from "@/lib/time";
import { Tooltip } from "./ui/tooltip";

const listeners = new Set<() => void>();
let minute = Date.now();
let timer: ReturnType<typeof setInterval> | null = null;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === null) {
    minute = Date.now();
    timer = setInterval(() => {
      minute = Date.now();
      for (const each of listeners) each();
    }, 15_000);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && timer) {
      clearInterval(timer);
      timer = null;
    }
  };
}

/** The time now, to a quarter of a minute; one timer for the whole screen. */
export const useNow = (): number => useSyncExternalStore(subscribe, () => minute);

/** "4 min ago", then the local time; UTC and local in full on hover and in print. Null is "–". */
export function Time({ at, className }: { at: string | null; className?: string }): ReactNode {
  const now = useNow();
  if (at === null) return <span className={className}>–</span>;
  return (
    <Tooltip text={fullTime(at)}>
      <time dateTime={at} className={className}>
        <span className="print:hidden">{shortTime(at, new Date(now))}</span>
        <span className="hidden print:inline">{fullTime(at)}</span>
      </time>
    </Tooltip>
  );
}
