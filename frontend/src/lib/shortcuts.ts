import { useEffect, useRef } from "react";
import { create } from "zustand";
import type { MessageKey } from "@/i18n";

export type ShortcutArea = "go" | "list" | "act";

interface Shortcut {
  /** "g m" is g, then m; "Control+k" is both at once. */
  readonly keys: string;
  readonly label: MessageKey;
  readonly area: ShortcutArea;
  readonly run: () => void;
}

interface Registry {
  shortcuts: readonly Shortcut[];
}

/** What the keyboard can do right now; the help lists it. */
export const shortcutStore = create<Registry>()(() => ({ shortcuts: [] }));

const CHORD_MS = 1200;
let pending = "";
let pendingUntil = 0;

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches("input:not([type=checkbox]):not([type=radio]), textarea, select"));

const layerOpen = (): boolean => document.querySelector('[role="dialog"][data-state="open"], [role="menu"][data-state="open"]') !== null;

function onKey(event: KeyboardEvent): void {
  const { shortcuts } = shortcutStore.getState();
  const find = (keys: string): Shortcut | undefined => shortcuts.findLast((s) => s.keys === keys);
  if (event.ctrlKey || event.metaKey) {
    const found = event.altKey ? undefined : find(`Control+${event.key.toLowerCase()}`);
    if (found) {
      event.preventDefault();
      found.run();
    }
    return;
  }
  if (event.altKey || event.defaultPrevented || typing(event.target) || layerOpen()) return;
  const chord = pending && Date.now() < pendingUntil ? `${pending} ${event.key}` : "";
  const found = (chord ? find(chord) : undefined) ?? find(event.key);
  pending = "";
  if (found) {
    event.preventDefault();
    found.run();
  } else if (shortcuts.some((s) => s.keys.startsWith(`${event.key} `))) {
    pending = event.key;
    pendingUntil = Date.now() + CHORD_MS;
  }
}

/** Listen once for the whole screen; returns the end of it. */
export function listenToShortcuts(): () => void {
  document.addEventListener("keydown", onKey);
  return () => document.removeEventListener("keydown", onKey);
}

/** Offer a shortcut while the component is on screen; the one mounted last wins. */
export function useShortcut(keys: string, label: MessageKey, area: ShortcutArea, run: () => void, enabled = true): void {
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  });
  useEffect(() => {
    if (!enabled) return undefined;
    const mine: Shortcut = { keys, label, area, run: () => latest.current() };
    shortcutStore.setState(({ shortcuts }) => ({ shortcuts: [...shortcuts, mine] }));
    return () => shortcutStore.setState(({ shortcuts }) => ({ shortcuts: shortcuts.filter((s) => s !== mine) }));
  }, [keys, label, area, enabled]);
}

/** Move the focus among everything marked `data-row` (j and k); Enter then opens the row, being a link or a button. */
export function focusRow(step: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>("[data-row]")].filter((row) => row.offsetParent !== null);
  const here = rows.findIndex((row) => row === document.activeElement || row.contains(document.activeElement));
  const next = rows[here === -1 ? (step === 1 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, here + step))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

/** Put the cursor into the search field of the page (`data-search`). */
export function focusSearch(): void {
  const field = document.querySelector<HTMLInputElement>("[data-search]");
  field?.focus();
  field?.select();
}
