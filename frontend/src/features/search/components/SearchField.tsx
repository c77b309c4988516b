import { useQuery } from "@tanstack/react-query";
import { LocateFixed, Search } from "lucide-react";
import { useCallback, useEffect, useId, useState, type KeyboardEvent, type ReactNode } from "react";
import { useNavigate } from "react-router";
import { Input } from "@/components/ui/field";
import { t } from "@/i18n";
import { cn } from "@/lib/cn";
import { formatCoordinates, parseCoordinates } from "@/lib/coordinates";
import { useFilter } from "@/lib/search-params";
import { useDebounced } from "@/lib/use-debounced";
import { useExercise } from "@/lib/world";
import { suggestionsQuery } from "../api/search";
import { KindIcon, kindName, pageOf, stateName } from "../names";
import { Pieces } from "./Pieces";

const SEARCH_MS = 250;
const SUGGEST_MS = 120;

interface Offer {
  key: string;
  to: string;
  row: ReactNode;
}

/** The words, kept as `q` in the address once typing pauses; under them records whose titles begin so, to go to directly. */
export function SearchField(): ReactNode {
  const list = useId();
  const navigate = useNavigate();
  const { get, set } = useFilter();
  const inAddress = get("q") ?? "";
  const [seen, setSeen] = useState(inAddress);
  const [written, setWritten] = useState(inAddress);
  const [text, setText] = useState(inAddress);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  if (seen !== inAddress) {
    setSeen(inAddress);
    // Back, forward or a saved search; what we wrote ourselves must not take back what was typed since.
    if (inAddress !== written) setText(inAddress);
  }
  const write = useCallback(
    (words: string): void => {
      setWritten(words);
      set({ q: words });
    },
    [set],
  );
  useEffect(() => {
    const words = text.trim();
    if (words === inAddress) return undefined;
    const timer = setTimeout(() => write(words), SEARCH_MS);
    return () => clearTimeout(timer);
  }, [text, inAddress, write]);

  const offers = useOffers(text.trim(), open);
  const shown = open && offers.length > 0;
  const go = (to: string): void => {
    setOpen(false);
    void navigate(to);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (offers.length === 0) return;
      event.preventDefault();
      setOpen(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      // One place is the text itself: -1.
      setActive((before) => ((before + 1 + step + offers.length + 1) % (offers.length + 1)) - 1);
    } else if (event.key === "Enter") {
      const chosen = shown ? offers[active] : undefined;
      event.preventDefault();
      setOpen(false);
      if (chosen) go(chosen.to);
      else if (text.trim() !== inAddress) write(text.trim());
    } else if (event.key === "Escape" && shown) {
      event.preventDefault();
      setOpen(false);
    }
  };
  return (
    <div className="relative min-w-0 flex-1">
      <Search aria-hidden className="pointer-events-none absolute start-2.5 top-1/2 size-4 -translate-y-1/2 text-ink-3" />
      <Input
        data-search
        type="search"
        role="combobox"
        aria-label={t("search.words")}
        aria-expanded={shown}
        aria-controls={list}
        aria-autocomplete="list"
        {...(shown && active >= 0 ? { "aria-activedescendant": `${list}-${active}` } : {})}
        autoComplete="off"
        spellCheck={false}
        maxLength={500}
        placeholder={t("search.placeholder")}
        value={text}
        autoFocus={inAddress === ""}
        onChange={(event) => {
          setText(event.target.value);
          setOpen(true);
          setActive(-1);
        }}
        onKeyDown={onKeyDown}
        onBlur={() => setOpen(false)}
        className="h-9 ps-8"
      />
      <div id={list} role="listbox" aria-label={t("search.suggestions")} hidden={!shown} className="absolute inset-x-0 top-full z-30 mt-1 rounded-md bg-surface-1 p-1 shadow-float">
        {offers.map(({ key, to, row }, index) => (
          // The field keeps the focus and the keys; a pointer chooses directly.
          // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
          <div
            key={key}
            id={`${list}-${index}`}
            role="option"
            aria-selected={index === active}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => go(to)}
            className={cn("flex min-h-8 cursor-pointer items-center gap-2 rounded px-2 text-sm hover:bg-surface-2 coarse:min-h-11 [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-ink-3", index === active && "bg-accent-soft")}
          >
            {row}
          </div>
        ))}
      </div>
    </div>
  );
}

function useOffers(text: string, open: boolean): Offer[] {
  const exercise = useExercise();
  const calm = useDebounced(text, SUGGEST_MS);
  const place = parseCoordinates(text);
  const suggestions = useQuery({ ...suggestionsQuery(calm, exercise), enabled: open && calm !== "" && place === null });
  if (place) {
    const { grid, decimal } = formatCoordinates(place);
    return [
      {
        key: "place",
        to: `/?at=11/${place[1].toFixed(5)}/${place[0].toFixed(5)}`,
        row: (
          <>
            <LocateFixed aria-hidden />
            {t("shell.goToPlace", { place: grid ?? decimal })}
          </>
        ),
      },
    ];
  }
  if (text === "") return [];
  return (suggestions.data ?? []).flatMap((one) => {
    const to = pageOf(one);
    if (to === null) return [];
    const row = (
      <>
        <KindIcon kind={one.kind} />
        <span className="min-w-0 truncate">
          <Pieces pieces={one.pieces} />
        </span>
        <span className="ms-auto shrink-0 ps-3 text-xs text-ink-2">{one.status ? stateName(one.status) : kindName(one.kind)}</span>
      </>
    );
    return [{ key: `${one.kind}/${one.id}`, to, row }];
  });
}
