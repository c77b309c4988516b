import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useCallback, type ReactNode } from "react";
import { Link, useSearchParams } from "react-router";
import type { Role } from "@/api/types";
import { useMay } from "@/auth/me";
import { QueryView } from "@/components/QueryView";
import { SidePanel } from "@/components/SidePanel";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { SkeletonRows } from "@/components/ui/skeleton";
import { Empty } from "@/components/ui/states";
import { t } from "@/i18n";
import { useFilter } from "@/lib/search-params";
import { rolesQuery } from "./api/roles";
import { Frame } from "./Frame";
import { RoleEditor } from "./RoleEditor";

const NEW = "new";

/** Roles: permissions under a name. The starting ones follow ICS; others are composed here. */
export default function RolesPage(): ReactNode {
  const { get, set } = useFilter();
  const mayManage = useMay("roles:manage");
  const roles = useQuery({ ...rolesQuery, enabled: useMay("users:read") });
  const opened = get("role");
  const role = roles.data?.items.find((each) => each.id === opened);
  const close = useCallback(() => set({ role: null }), [set]);
  return (
    <Frame
      place="roles"
      actions={
        mayManage ? (
          <Button look="primary" onClick={() => set({ role: NEW }, { push: true })}>
            <Plus aria-hidden />
            {t("administration.addRole")}
          </Button>
        ) : null
      }
      panel={
        opened && roles.data ? (
          <SidePanel name={opened} title={opened === NEW ? t("administration.addRole") : (role?.name ?? t("administration.editRole"))} onClose={close} className="w-120">
            {role || opened === NEW ? (
              <RoleEditor key={opened} role={role ?? null} onDone={(id) => set({ role: id })} />
            ) : (
              <Empty title={t("common.notFoundTitle")} className="p-0">{t("common.notFoundDetail")}</Empty>
            )}
          </SidePanel>
        ) : null
      }
    >
      <QueryView query={roles} loading={<SkeletonRows rows={12} />}>
        {({ items }) => (
          <ul className="@container">
            {items.map((each) => (
              <li key={each.id}>
                <Row role={each} selected={each.id === opened} />
              </li>
            ))}
          </ul>
        )}
      </QueryView>
    </Frame>
  );
}

function Row({ role, selected }: { role: Role; selected: boolean }): ReactNode {
  const [params] = useSearchParams();
  const to = new URLSearchParams(params);
  to.set("role", role.id);
  return (
    <Link
      data-row
      to={{ search: to.toString() }}
      aria-current={selected || undefined}
      className="grid min-h-9 gap-x-4 gap-y-0.5 border-b border-line px-4 py-1.5 outline-offset-[-2px] hover:bg-surface-2/60 aria-[current=true]:bg-accent-soft @3xl:grid-cols-[minmax(0,1fr)_minmax(0,1.2fr)_6.5rem_7.5rem_5rem] @3xl:items-baseline coarse:py-2.5"
    >
      <span className="min-w-0 font-medium">{role.name}</span>
      <span className="min-w-0 text-ink-2 @max-3xl:text-xs">{role.description}</span>
      <span className="@max-3xl:hidden">{role.built_in ? <Badge>{t("administration.builtIn")}</Badge> : null}</span>
      <span className="tabular text-ink-2 @max-3xl:text-xs">
        {role.built_in ? <span className="text-ink-3 @3xl:hidden">{`${t("administration.builtIn")} · `}</span> : null}
        {t("administration.permissionsCount", { count: role.permissions.length })}
      </span>
      <span className="tabular text-ink-2 @max-3xl:hidden">{t("administration.holders", { count: role.holders })}</span>
    </Link>
  );
}
