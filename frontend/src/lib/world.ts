import { create } from "zustand";
import { persist } from "zustand/middleware";

/** The screen shows one world at a time: what is real, or the exercise. */
export type World = "live" | "exercise";

interface WorldStore {
  world: World | null;
  setWorld: (world: World) => void;
}

/** Null until someone chose: the organization then decides (see `app/shell/world.ts`). */
export const worldStore = create<WorldStore>()(
  persist(
    (set) => ({ world: null, setWorld: (world) => set({ world }) }),
    { name: "muster.world" },
  ),
);

export const useWorld = (): World => worldStore((s) => s.world) ?? "live";

/** The `exercise` filter every list sends, so that the two worlds never mix on a screen. */
export const useExercise = (): boolean => useWorld() === "exercise";
