import { useInfiniteQuery, useQuery, useQueryClient, type InfiniteData, type UseInfiniteQueryResult } from "@tanstack/react-query";
import { ArrowDownWideNarrow, BellPlus, BellRing, DatabaseZap, Search } from "lucide-react";
import { useEffect, useState, type ReactNode } from "react";
import { useMay, useMe } from "@/auth/me";
import { NewItems } from "@/components/HeldPages";
import { Page } from "@/components/Page";
import { QueryView } from "@/components/QueryView";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Sheet } from "@/components/ui/dialog";
import { SkeletonRows } from "@/components/ui/skeleton";
import { Empty, Forbidden } from "@/components/ui/states";
import { languageTag, t } from "@/i18n";
import { cn } from "@/lib/cn";
import { useHeldRows } from "@/lib/held-rows";
import { useMedia, WIDE } from "@/lib/media";
import { useFilter } from "@/lib/search-params";
import { useExercise } from "@/lib/world";
import { resultsQuery, type Found, type FoundPage } from "./api/search";
import { seeWatch, watchesQuery, type Watch } from "./api/watches";
import { FILTERS, sameSearch, useAsked } from "./asked";
import { Facets } from "./components/Facets";
import { FoundRow, FoundSkeleton } from "./components/FoundRow";
import { NameSearch } from "./components/NameSearch";
import { SavedSearches } from "./components/SavedSearches";
import { SearchField } from "./components/SearchField";
import { useUnseen } from "./components/use-watches";

/** Beyond so many the API counts no further. */
const MOST_COUNTED = 10_000;

/** Everything that may be found, by words and filters that stand in the address; and the searches one keeps. */
export default function SearchPage(): ReactNode {
  const me = useMe();
  const may = useMay("search:read");
  const wide = useMedia(WIDE);
  const { saved } = useAsked();
  const [list, setList] = useState(false);
  const unseen = useUnseen(useExercise());
  const asking = saved.q !== "";
  if (!me) return <Page title={t("search.title")}>{<SkeletonRows rows={14} />}</Page>;
  if (!may) return <Page title={t("search.title")}>{<Forbidden permission="search:read" />}</Page>;
  return (
    <Page
      title={t("search.title")}
      className="flex overflow-hidden bg-surface-1"
      actions={
        <>
          {asking && !wide ? (
            <Button aria-label={t("search.saved")} onClick={() => setList(true)}>
              {t("search.savedShort")}
              {unseen > 0 ? <Badge tone="accent">{unseen}</Badge> : null}
            </Button>
          ) : null}
          {/* The header keeps its height when the button comes. */}
          {asking ? <Keep /> : <span aria-hidden className="h-8 coarse:h-11" />}
        </>
      }
    >
      <Asking>{wide ? null : <SavedSection />}</Asking>
      {wide ? (
        <aside className="no-print w-84 shrink-0 overflow-y-auto border-s border-line">
          <SavedSection />
        </aside>
      ) : null}
      <Sheet open={list} onOpenChange={setList} title={t("search.saved")}>
        <SavedSearches onOpen={() => setList(false)} />
      </Sheet>
    </Page>
  );
}

const SavedSection = (): ReactNode => (
  <section aria-label={t("search.saved")}>
    <h2 className="border-b border-line bg-surface-0 px-4 py-1.5 text-xs font-semibold text-ink-2">{t("search.saved")}</h2>
    <SavedSearches />
  </section>
);

/** The saved search that asks what the address asks, if there is one. */
function useWatchOnScreen(): Watch | undefined {
  const { saved } = useAsked();
  return useQuery(watchesQuery).data?.items.find((one) => sameSearch(one.search, saved));
}

function Keep(): ReactNode {
  const may = useMay("search:save");
  const { saved } = useAsked();
  const watch = useWatchOnScreen();
  const [naming, setNaming] = useState(false);
  if (watch) {
    return (
      <span className="inline-flex h-8 items-center gap-1.5 text-sm text-ink-2 coarse:h-11">
        <BellRing aria-hidden className="size-4" />
        <span className="max-w-48 truncate max-sm:max-w-28">{t("search.savedAs", { name: watch.name })}</span>
      </span>
    );
  }
  if (!may) return null;
  return (
    <>
      <Button look="primary" aria-label={t("search.save")} onClick={() => setNaming(true)}>
        <BellPlus aria-hidden />
        <span className="max-sm:hidden">{t("search.save")}</span>
        <span className="sm:hidden">{t("common.save")}</span>
      </Button>
      {naming ? <NameSearch search={saved} onClose={() => setNaming(false)} /> : null}
    </>
  );
}

/** Whoever looks at what a saved search finds has seen it. */
function useSeen(shown: boolean): void {
  const client = useQueryClient();
  const watch = useWatchOnScreen();
  const news = shown && watch && watch.unseen > 0 ? watch : null;
  useEffect(() => {
    if (!news) return;
    seeWatch(news)
      .then(() => client.invalidateQueries({ queryKey: watchesQuery.queryKey }))
      // It stays news, and is tried again when it is shown again.
      .catch(() => undefined);
    // One telling for each count, not for each reading of the list.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [news?.id, news?.unseen, client]);
}

function Asking({ children }: { children: ReactNode }): ReactNode {
  const { question } = useAsked();
  const query = useInfiniteQuery(resultsQuery(question));
  const asking = question.q !== "";
  const first = asking ? query.data?.pages[0] : undefined;
  useSeen(asking && query.isSuccess && !query.isPlaceholderData);
  return (
    <div className="flex min-h-0 min-w-0 flex-1 flex-col">
      <div role="search" aria-label={t("search.title")} className="flex flex-col gap-2 border-b border-line px-4 py-2">
        <SearchField />
        <Facets facets={first?.facets} />
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto">
        {asking ? (
          <Results query={query} />
        ) : (
          <>
            <Empty icon={<Search aria-hidden />} title={t("search.start")}>{t("search.startDetail")}</Empty>
            {children}
          </>
        )}
      </div>
    </div>
  );
}

type Pages = InfiniteData<FoundPage>;

function Results({ query }: { query: UseInfiniteQueryResult<Pages> }): ReactNode {
  const { question, narrowed } = useAsked();
  const { set } = useFilter();
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const { rows, waiting, letIn, reading } = useHeldRows<Found>(items, JSON.stringify(question));
  return (
    <QueryView query={query} loading={<FoundSkeleton />}>
      {({ pages: [first] }) => (
        <div {...reading} aria-busy={query.isPlaceholderData || undefined} className={cn(query.isPlaceholderData && "opacity-60")}>
          {first?.degraded ? <Degraded because={first.degraded_because} /> : null}
          {first ? <Summary first={first} /> : null}
          <NewItems count={waiting} onClick={letIn} />
          {rows.length === 0 ? (
            <Empty
              title={t(narrowed ? "search.emptyFiltered" : "search.empty", { words: question.q })}
              action={narrowed ? <Button onClick={() => set(Object.fromEntries(FILTERS.map((name) => [name, null])))}>{t("common.clearFilters")}</Button> : null}
            >
              {t(narrowed ? "search.emptyFilteredDetail" : "search.emptyDetail")}
            </Empty>
          ) : (
            <ol aria-label={t("search.results")}>
              {rows.map((item) => (
                <li key={`${item.kind}/${item.id}`}>
                  <FoundRow item={item} />
                </li>
              ))}
            </ol>
          )}
          {query.hasNextPage ? (
            <Button look="quiet" className="my-2 ms-3" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              {t("common.loadMore")}
            </Button>
          ) : null}
        </div>
      )}
    </QueryView>
  );
}

const Degraded = ({ because }: { because: FoundPage["degraded_because"] }): ReactNode => (
  <p role="status" className="flex items-center gap-2 border-b border-line bg-warning-soft px-4 py-1.5 text-xs text-warning">
    <DatabaseZap aria-hidden className="size-4 shrink-0" />
    {t(`search.degraded.${because ?? "unreachable"}`)}
  </p>
);

/** How many there are, in which order, and what was meant. */
function Summary({ first }: { first: FoundPage }): ReactNode {
  const { question } = useAsked();
  const { set } = useFilter();
  const newest = question.order === "newest";
  const total = first.total ?? first.items.length;
  const meant = first.did_you_mean;
  return (
    <div className="flex min-h-9 flex-wrap items-center gap-x-3 border-b border-line bg-surface-0 px-4 text-xs text-ink-2">
      <p role="status" className="tabular font-medium">
        {total >= MOST_COUNTED ? t("search.totalMost", { count: MOST_COUNTED.toLocaleString(languageTag()) }) : t("search.total", { count: total })}
      </p>
      {first.tolerant ? (
        <p>
          {t("search.tolerant", { words: question.q })}{" "}
          {meant ? (
            <Button look="quiet" size="small" className="px-1 text-accent" onClick={() => set({ q: meant })}>
              {t("search.didYouMean", { words: meant })}
            </Button>
          ) : null}
        </p>
      ) : null}
      <Button look="quiet" size="small" className="no-print ms-auto -me-2" aria-pressed={newest} onClick={() => set({ order: newest ? null : "newest" })}>
        <ArrowDownWideNarrow aria-hidden />
        {t(newest ? "search.newest" : "search.relevance")}
      </Button>
    </div>
  );
}
