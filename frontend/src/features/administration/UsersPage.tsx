import { useInfiniteQuery } from "@tanstack/react-query";
import { Ban, ShieldCheck, UserPlus } from "lucide-react";
import { useCallback, useState, type ReactNode } from "react";
import { Link, useSearchParams } from "react-router";
import type { User } from "@/api/types";
import { useMay } from "@/auth/me";
import { QueryView } from "@/components/QueryView";
import { SearchBox } from "@/components/SearchBox";
import { Time } from "@/components/Time";
import { Badge, Chip } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { SkeletonRows } from "@/components/ui/skeleton";
import { Empty } from "@/components/ui/states";
import { t } from "@/i18n";
import { cn } from "@/lib/cn";
import { useFilter } from "@/lib/search-params";
import { AddUserDialog } from "./AddUserDialog";
import { usersQuery } from "./api/users";
import { Frame } from "./Frame";
import { UserPanel } from "./UserPanel";

const STATES = ["all", "enabled", "disabled"] as const;

/** The accounts of the organization. */
export default function UsersPage(): ReactNode {
  const { get, set } = useFilter();
  const mayRead = useMay("users:read");
  const mayManage = useMay("users:manage");
  const [adding, setAdding] = useState(false);
  const state = STATES.find((each) => each === get("state")) ?? "all";
  const users = useInfiniteQuery({ ...usersQuery({ q: get("q"), disabled: state === "all" ? null : state === "disabled" }), enabled: mayRead });
  const opened = get("user");
  const close = useCallback(() => set({ user: null }), [set]);
  return (
    <Frame
      place="users"
      actions={
        mayManage ? (
          <Button look="primary" onClick={() => setAdding(true)}>
            <UserPlus aria-hidden />
            {t("administration.addUser")}
          </Button>
        ) : null
      }
      panel={opened ? <UserPanel key={opened} id={opened} onClose={close} /> : null}
    >
      <div role="search" className="flex flex-wrap items-center gap-2 border-b border-line bg-surface-1 px-4 py-2">
        <SearchBox label={t("administration.searchUsers")} className="sm:max-w-72" />
        <div role="group" aria-label={t("administration.state")} className="flex gap-1.5">
          {STATES.map((each) => (
            <Chip key={each} selected={state === each} onToggle={() => set({ state: each === "all" ? null : each })}>
              {t(`administration.state.${each}`)}
            </Chip>
          ))}
        </div>
      </div>
      <QueryView query={users} loading={<SkeletonRows rows={12} />}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          if (items.length === 0) {
            return (
              <Empty title={t("administration.noUsers")} action={<Button onClick={() => set({ q: null, state: null })}>{t("common.clearFilters")}</Button>}>
                {t("administration.noUsersDetail")}
              </Empty>
            );
          }
          return (
            <>
              <div aria-hidden className={cn("hidden gap-x-4 border-b border-line px-4 py-1.5 text-xs font-medium text-ink-3 md:grid", COLUMNS)}>
                <span>{t("administration.name")}</span>
                <span>{t("administration.userRoles")}</span>
                <span>{t("administration.lastSignedIn")}</span>
                <span>{t("administration.secondFactor")}</span>
              </div>
              <ul>
                {items.map((user) => (
                  <li key={user.id}>
                    <Row user={user} selected={user.id === opened} />
                  </li>
                ))}
              </ul>
              {users.hasNextPage ? (
                <div className="p-4 text-center">
                  <Button busy={users.isFetchingNextPage} onClick={() => void users.fetchNextPage()}>{t("common.loadMore")}</Button>
                </div>
              ) : null}
            </>
          );
        }}
      </QueryView>
      {adding ? <AddUserDialog onClose={() => setAdding(false)} /> : null}
    </Frame>
  );
}

const COLUMNS = "md:grid-cols-[minmax(0,1.2fr)_minmax(0,1.6fr)_8rem_7rem]";

function Row({ user, selected }: { user: User; selected: boolean }): ReactNode {
  const [params] = useSearchParams();
  const to = new URLSearchParams(params);
  to.set("user", user.id);
  return (
    <Link
      data-row
      to={{ search: to.toString() }}
      aria-current={selected || undefined}
      className={cn(
        "grid min-h-9 gap-x-4 gap-y-0.5 border-b border-line px-4 py-1.5 outline-offset-[-2px] hover:bg-surface-2/60 aria-[current=true]:bg-accent-soft md:items-baseline coarse:py-2.5",
        COLUMNS,
      )}
    >
      <span className="flex min-w-0 flex-wrap items-baseline gap-x-2">
        <span className={cn("truncate font-medium", user.disabled && "text-ink-3 line-through")}>{user.name}</span>
        <span className="truncate text-xs text-ink-3">{user.username}</span>
        {user.disabled ? (
          <Badge tone="danger">
            <Ban aria-hidden />
            {t("administration.disabled")}
          </Badge>
        ) : null}
        {user.must_change_password ? <Badge tone="warning">{t("administration.mustChange")}</Badge> : null}
      </span>
      <span className="min-w-0 truncate text-ink-2 max-md:text-xs">{user.roles.map((role) => role.name).join(", ") || "–"}</span>
      <span className="text-ink-2 max-md:hidden">{user.last_signed_in_at ? <Time at={user.last_signed_in_at} /> : t("administration.never")}</span>
      <span className="flex items-center gap-1 text-ink-2 max-md:hidden">
        {user.totp_enabled ? <ShieldCheck aria-hidden className="size-4 text-success" /> : null}
        {t(user.totp_enabled ? "administration.secondFactorOn" : "administration.secondFactorOff")}
      </span>
    </Link>
  );
}
