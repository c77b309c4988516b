import { useQuery } from "@tanstack/react-query";
import { Command } from "cmdk";
import { Search } from "lucide-react";
import type { ReactNode } from "react";
import { Time } from "@/components/Time";
import { quickQuery } from "@/features/search/api/search";
import { Pieces } from "@/features/search/components/Pieces";
import { KindIcon, kindName, pageOf, stateName } from "@/features/search/names";
import { t } from "@/i18n";
import { useDebounced } from "@/lib/use-debounced";
import { useExercise } from "@/lib/world";
import { ALWAYS, item } from "./item";

const TYPING_MS = 150;

interface FoundItemsProps {
  words: string;
  go: (to: string) => void;
}

/** What the search finds while one types, and the way to all of it. Below the jumps, which need no answer. */
export function FoundItems({ words, go }: FoundItemsProps): ReactNode {
  const exercise = useExercise();
  const { data, isError } = useQuery(quickQuery(useDebounced(words, TYPING_MS), exercise));
  const found = data?.items.flatMap((one) => {
    const to = pageOf(one);
    return to === null ? [] : [{ one, to }];
  });
  // Until the first answer nothing is offered, so that Enter never leads past what is about to be found.
  if (found === undefined && !isError) return null;
  return (
    <Command.Group heading={t("search.paletteFound")}>
      {found?.map(({ one, to }) => (
        <Command.Item key={`${one.kind}/${one.id}`} value={`${ALWAYS} ${one.kind} ${one.id}`} className={item} onSelect={() => go(to)}>
          <KindIcon kind={one.kind} />
          <span className="min-w-0 truncate">
            <Pieces pieces={one.highlights.title} />
          </span>
          <span className="ms-auto flex shrink-0 gap-2 ps-2 text-xs text-ink-2">
            <span>{one.status ? stateName(one.status) : kindName(one.kind)}</span>
            <Time at={one.occurred_at} className="tabular max-sm:hidden" />
          </span>
        </Command.Item>
      ))}
      {isError ? (
        <p role="status" className="px-2 py-1.5 text-sm text-ink-2">
          {t("search.paletteFailed")}
        </p>
      ) : null}
      <Command.Item value={`${ALWAYS} search`} className={item} onSelect={() => go(`/search?${new URLSearchParams({ q: words }).toString()}`)}>
        <Search aria-hidden />
        <span className="min-w-0 truncate">{t("search.paletteAll", { words })}</span>
      </Command.Item>
    </Command.Group>
  );
}
