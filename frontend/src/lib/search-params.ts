import { useCallback } from "react";
import { useNavigate, useSearchParams } from "react-router";

type Changes = Readonly<Record<string, string | readonly string[] | null>>;

/** The address's parameters as they are now with changes: what is on screen may be a moment behind it. */
export function withChanges(changes: Changes): string {
  const after = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) {
    const text = typeof value === "string" || value === null ? value : value.join(",");
    if (text === null || text === "") after.delete(name);
    else after.set(name, text);
  }
  return `?${after}`;
}

/** Filters live in the address, so that copying it hands a colleague the same view. */
export function useFilter(): {
  get: (name: string) => string | null;
  all: (name: string) => string[];
  set: (changes: Changes, options?: { push?: boolean }) => void;
} {
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const set = useCallback(
    (changes: Changes, options: { push?: boolean } = {}) => void navigate(withChanges(changes), { replace: options.push !== true }),
    [navigate],
  );
  return {
    get: (name) => params.get(name),
    all: (name) => params.get(name)?.split(",").filter(Boolean) ?? [],
    set,
  };
}
