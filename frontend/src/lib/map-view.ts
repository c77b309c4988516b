import { create } from "zustand";
import { persist } from "zustand/middleware";

/** The part of the map that was last in view, "west,south,east,north"; null until the map has been open on this device. */
export const mapViewStore = create<{ bbox: string | null }>()(persist((): { bbox: string | null } => ({ bbox: null }), { name: "muster.map-view" }));
