import { useCallback } from "react";
import { useSearchParams } from "react-router";

/** Filters live in the address, so that copying it hands a colleague the same view. */
export function useFilter(): {
  get: (name: string) => string | null;
  all: (name: string) => string[];
  set: (changes: Readonly<Record<string, string | readonly string[] | null>>, options?: { push?: boolean }) => void;
} {
  const [params, setParams] = useSearchParams();
  const set = useCallback(
    (changes: Readonly<Record<string, string | readonly string[] | null>>, options: { push?: boolean } = {}) => {
      setParams(
        (before) => {
          const after = new URLSearchParams(before);
          for (const [name, value] of Object.entries(changes)) {
            const text = typeof value === "string" || value === null ? value : value.join(",");
            if (text === null || text === "") after.delete(name);
            else after.set(name, text);
          }
          return after;
        },
        { replace: options.push !== true },
      );
    },
    [setParams],
  );
  return {
    get: (name) => params.get(name),
    all: (name) => params.get(name)?.split(",").filter(Boolean) ?? [],
    set,
  };
}
