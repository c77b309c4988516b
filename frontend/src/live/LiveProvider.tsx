import { useQueryClient } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useRef, type ReactNode } from "react";
import type { Activity } from "@/api/types";
import { sendWaiting } from "@/offline/queue";
import { invalidator } from "./events";
import { follow } from "./stream";

type Hear = (event: Activity) => void;

const Listeners = createContext<Set<Hear> | null>(null);

/** Follows the stream for everyone below; one line per tab. */
export function LiveProvider({ children }: { children: ReactNode }): ReactNode {
  const client = useQueryClient();
  const listeners = useRef(new Set<Hear>());
  useEffect(() => {
    const end = new AbortController();
    const makeOld = invalidator(client);
    void follow(
      {
        onEvent: (event) => {
          makeOld(event);
          for (const hear of listeners.current) hear(event);
        },
        onResync: () => void client.invalidateQueries(),
      },
      end.signal,
    );
    return () => end.abort();
  }, [client]);
  useEffect(() => {
    const send = (): void => void sendWaiting().then((sent) => (sent > 0 ? client.invalidateQueries() : undefined));
    send();
    const timer = setInterval(send, 5_000);
    addEventListener("online", send);
    return () => {
      clearInterval(timer);
      removeEventListener("online", send);
    };
  }, [client]);
  // The set never changes identity; reading the ref here only hands it down.
  // eslint-disable-next-line react-hooks/refs
  return <Listeners value={listeners.current}>{children}</Listeners>;
}

/** Hear each live event of the types that begin with one of `prefixes`. */
export function useLiveEvents(prefixes: readonly string[], hear: Hear): void {
  const listeners = useContext(Listeners);
  const latest = useRef(hear);
  const wanted = prefixes.join(" ");
  useEffect(() => {
    latest.current = hear;
  });
  useEffect(() => {
    if (!listeners) return undefined;
    const listener: Hear = (event) => {
      if (wanted.split(" ").some((prefix) => event.type.startsWith(prefix))) latest.current(event);
    };
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, [listeners, wanted]);
}
