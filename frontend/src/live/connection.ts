import { create } from "zustand";

interface ConnectionStore {
  state: "connecting" | "live" | "reconnecting" | "offline";
  /** When the line was lost (ms since the epoch); null while live. */
  since: number | null;
  connected: () => void;
  lost: () => void;
}

/** Short breaks are "reconnecting"; after this long the screen says since when it is offline. */
export const OFFLINE_AFTER_MS = 6_000;

export const connectionStore = create<ConnectionStore>()((set, get) => ({
  state: "connecting",
  since: null,
  connected: () => set({ state: "live", since: null }),
  lost: () => {
    const since = get().since ?? Date.now();
    const offline = !navigator.onLine || Date.now() - since >= OFFLINE_AFTER_MS;
    set({ state: offline ? "offline" : "reconnecting", since });
  },
}));
