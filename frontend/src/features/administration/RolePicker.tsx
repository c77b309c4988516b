import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Role } from "@/api/types";
import { useMe } from "@/auth/me";
import { QueryView } from "@/components/QueryView";
import { Checkbox } from "@/components/ui/field";
import { SkeletonRows } from "@/components/ui/skeleton";
import { t } from "@/i18n";
import { rolesQuery } from "./api/roles";

interface RolePickerProps {
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
  disabled?: boolean;
}

/** The roles of an account. Nobody gives what they do not hold: such a role says which permissions are beyond. */
export function RolePicker({ chosen, onChange, disabled = false }: RolePickerProps): ReactNode {
  const roles = useQuery(rolesQuery);
  const held = useMe()?.permissions ?? [];
  const beyond = (role: Role): string[] => role.permissions.filter((permission) => !held.includes(permission));
  return (
    <fieldset>
      <legend className="text-xs font-medium text-ink-2">{t("administration.userRoles")}</legend>
      <QueryView query={roles} loading={<SkeletonRows rows={6} />}>
        {({ items }) => (
          <div className="mt-1 flex flex-col">
            {items.map((role) => {
              const missing = beyond(role);
              return (
                <Checkbox
                  key={role.id}
                  checked={chosen.includes(role.id)}
                  disabled={disabled || missing.length > 0}
                  onChange={(e) => onChange(e.target.checked ? [...chosen, role.id] : chosen.filter((id) => id !== role.id))}
                  className="items-start py-1 [&>input]:mt-0.5 [&>input]:shrink-0"
                  label={
                    <>
                      <span className="font-medium">{role.name}</span>
                      <span className="block text-xs text-ink-3">
                        {missing.length > 0 ? t("administration.beyond", { permissions: missing.join(", ") }) : role.description}
                      </span>
                    </>
                  }
                />
              );
            })}
          </div>
        )}
      </QueryView>
      {chosen.length === 0 ? <p className="text-xs text-warning">{t("administration.rolesNone")}</p> : null}
    </fieldset>
  );
}
