import { useCallback, useState } from "react";

/** State of a form that survives a reload of this tab, until it is sent or thrown away. */
export function useDraft<Value>(name: string, empty: Value): [Value, (change: Partial<Value>) => void, () => void] {
  const key = `muster.draft.${name}`;
  const [value, setValue] = useState<Value>(() => {
    try {
      const kept = sessionStorage.getItem(key);
      return kept === null ? empty : { ...empty, ...(JSON.parse(kept) as Partial<Value>) };
    } catch {
      return empty;
    }
  });
  const change = useCallback(
    (part: Partial<Value>) =>
      setValue((before) => {
        const after = { ...before, ...part };
        sessionStorage.setItem(key, JSON.stringify(after));
        return after;
      }),
    [key],
  );
  const clear = useCallback(() => {
    sessionStorage.removeItem(key);
    setValue(empty);
    // `empty` is a literal at the call; the first one counts.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key]);
  return [value, change, clear];
}
