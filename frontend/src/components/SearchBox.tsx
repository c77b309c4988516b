import { useEffect, useState, type ReactNode } from "react";
import { useFilter } from "@/lib/search-params";
import { Input } from "./ui/field";

const TYPING_MS = 250;

/** Words to search for, kept as `q` in the address once typing pauses. */
export function SearchBox({ label, className }: { label: string; className?: string }): ReactNode {
  const { get, set } = useFilter();
  const inAddress = get("q") ?? "";
  const [seen, setSeen] = useState(inAddress);
  const [written, setWritten] = useState(inAddress);
  const [text, setText] = useState(inAddress);
  if (seen !== inAddress) {
    setSeen(inAddress);
    // Back, forward or "clear filters"; what we wrote ourselves must not take back what was typed since.
    if (inAddress !== written) setText(inAddress);
  }
  useEffect(() => {
    if (text.trim() === inAddress) return undefined;
    const timer = setTimeout(() => {
      setWritten(text.trim());
      set({ q: text.trim() });
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [text, inAddress, set]);
  return (
    <Input
      data-search
      type="search"
      aria-label={label}
      placeholder={label}
      value={text}
      onChange={(e) => setText(e.target.value)}
      className={className}
    />
  );
}
