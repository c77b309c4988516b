import { useQuery } from "@tanstack/react-query";
import { BellOff, Ellipsis, Pause, Pencil, Play, Trash2 } from "lucide-react";
import { useState, type ReactNode } from "react";
import { Link } from "react-router";
import { useMay } from "@/auth/me";
import { ExerciseMark } from "@/components/meanings";
import { QueryView } from "@/components/QueryView";
import { Time } from "@/components/Time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Menu, MenuItem } from "@/components/ui/menu";
import { Skeleton } from "@/components/ui/skeleton";
import { t } from "@/i18n";
import { useExercise } from "@/lib/world";
import { watchesQuery, type Watch } from "../api/watches";
import { addressOf } from "../asked";
import { NameSearch } from "./NameSearch";
import { useWatchActions } from "./use-watches";

const line = "flex min-h-13 items-center gap-2 border-b border-line ps-4 pe-1.5";

const Loading = (): ReactNode => (
  <div role="status" aria-label={t("common.loading")}>
    {[1, 2, 3].map((each) => (
      <div key={each} className={line}>
        <Skeleton className="h-4 w-1/2" />
      </div>
    ))}
  </div>
);

/** My saved searches of this world, with what each has found since I looked. */
export function SavedSearches({ onOpen }: { onOpen?: () => void }): ReactNode {
  const exercise = useExercise();
  const query = useQuery(watchesQuery);
  const [renaming, setRenaming] = useState<Watch | null>(null);
  return (
    <QueryView query={query} loading={<Loading />}>
      {({ items }) => {
        const mine = items.filter((one) => (one.search.exercise ?? false) === exercise);
        return (
          <>
            {mine.length === 0 ? <p className="px-4 py-3 text-sm text-ink-2">{t("search.savedEmpty")}</p> : null}
            <ul aria-label={t("search.saved")}>
              {mine.map((watch) => (
                <SavedRow key={watch.id} watch={watch} onOpen={onOpen} onRename={() => setRenaming(watch)} />
              ))}
            </ul>
            {renaming ? <NameSearch watch={renaming} search={renaming.search} onClose={() => setRenaming(null)} /> : null}
          </>
        );
      }}
    </QueryView>
  );
}

interface SavedRowProps {
  watch: Watch;
  onOpen: (() => void) | undefined;
  onRename: () => void;
}

function SavedRow({ watch, onOpen, onRename }: SavedRowProps): ReactNode {
  const may = useMay("search:save");
  const { setPaused, remove, busy } = useWatchActions();
  return (
    <li className={line}>
      <Link to={addressOf(watch.search)} onClick={onOpen} className="flex min-w-0 flex-1 flex-col rounded py-1.5 hover:underline">
        <span className="flex items-center gap-1.5">
          <span className="min-w-0 truncate font-medium">{watch.name}</span>
          {watch.unseen > 0 ? <Badge tone="accent">{t("common.newItems", { count: watch.unseen })}</Badge> : null}
          <ExerciseMark exercise={watch.search.exercise === true} />
        </span>
        <span className="truncate text-xs text-ink-2">
          {watch.paused ? (
            <span className="inline-flex items-center gap-1">
              <BellOff aria-hidden className="size-3" />
              {t("search.paused")}
            </span>
          ) : watch.matched_at ? (
            <>
              {t("search.lastMatch")} <Time at={watch.matched_at} />
            </>
          ) : (
            t("search.noMatch")
          )}
        </span>
      </Link>
      {may ? (
        <Menu
          trigger={
            <Button look="quiet" size="icon" busy={busy} aria-label={t("search.change", { name: watch.name })}>
              <Ellipsis aria-hidden />
            </Button>
          }
        >
          <MenuItem onSelect={onRename}>
            <Pencil aria-hidden />
            {t("search.rename")}
          </MenuItem>
          <MenuItem onSelect={() => setPaused(watch, !watch.paused)}>
            {watch.paused ? <Play aria-hidden /> : <Pause aria-hidden />}
            {t(watch.paused ? "search.resume" : "search.pause")}
          </MenuItem>
          <MenuItem onSelect={() => remove(watch)}>
            <Trash2 aria-hidden />
            {t("search.delete")}
          </MenuItem>
        </Menu>
      ) : null}
    </li>
  );
}
