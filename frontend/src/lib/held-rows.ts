import { useState, type FocusEvent, type PointerEvent } from "react";

interface Held<Row> {
  rows: Row[];
  /** How many new rows wait until they are let in. */
  waiting: number;
  letIn: () => void;
  /** Spread on the list: new rows wait while someone points at it or is inside it. */
  reading: {
    onPointerEnter: (event: PointerEvent) => void;
    onPointerLeave: () => void;
    onFocus: () => void;
    onBlur: (event: FocusEvent) => void;
  };
}

interface Snapshot {
  key: string;
  ids: ReadonlySet<string> | null;
}

/**
 * Nothing jumps: while someone reads a list, rows that arrive wait behind "3 new" and changes appear in
 * place. `key` names the filters: with other filters it is another list, shown at once.
 */
export function useHeldRows<Row extends { id: string }>(incoming: readonly Row[], key: string): Held<Row> {
  const [held, setHeld] = useState<Snapshot>({ key, ids: null });
  const holding = held.key === key ? held.ids : null;
  let rows = [...incoming];
  if (holding && holding.size > 0) {
    const lastKnown = incoming.findLastIndex((row) => holding.has(row.id));
    // Rows after the last known one were asked for ("load more"); those before it came by themselves.
    rows = incoming.filter((row, index) => holding.has(row.id) || index > lastKnown);
  }
  const hold = (): void => setHeld((before) => (before.key === key && before.ids ? before : { key, ids: new Set(rows.map((r) => r.id)) }));
  const letIn = (): void => setHeld({ key, ids: null });
  return {
    rows,
    waiting: incoming.length - rows.length,
    letIn,
    reading: {
      onPointerEnter: (event) => (event.pointerType === "mouse" ? hold() : undefined),
      onPointerLeave: () => letIn(),
      onFocus: hold,
      onBlur: (event) => (event.currentTarget.contains(event.relatedTarget) ? undefined : letIn()),
    },
  };
}
