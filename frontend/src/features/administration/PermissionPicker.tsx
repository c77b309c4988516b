import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useMe } from "@/auth/me";
import { QueryView } from "@/components/QueryView";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/field";
import { SkeletonRows } from "@/components/ui/skeleton";
import { t, tOr } from "@/i18n";
import { permissionsQuery } from "./api/roles";

/** What people do most comes first; accounts last. */
const ORDER = ["incident-management", "hazard-monitoring", "activity-log"];
const place = (service: string): number => (service === "identity" ? Infinity : ORDER.includes(service) ? ORDER.indexOf(service) : ORDER.length);
const byImportance = (a: string, b: string): number => (place(a) === place(b) ? 0 : place(a) - place(b));

interface PermissionPickerProps {
  label: string;
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
  disabled?: boolean;
  error?: string | undefined;
}

/** Permissions by the part of Muster they belong to, each in words. What one does not hold cannot be given. */
export function PermissionPicker({ label, chosen, onChange, disabled = false, error }: PermissionPickerProps): ReactNode {
  const permissions = useQuery(permissionsQuery);
  const held = useMe()?.permissions ?? [];
  return (
    <fieldset aria-invalid={error ? true : undefined}>
      <legend className="text-xs font-medium text-ink-2">{label}</legend>
      {error ? <p className="text-xs font-medium text-danger">{error}</p> : null}
      <QueryView query={permissions} loading={<SkeletonRows rows={8} />}>
        {({ items }) => (
          <div className="mt-1 flex flex-col gap-3">
            {[...new Set(items.map((permission) => permission.service))].sort(byImportance).map((service) => {
              const its = items.filter((permission) => permission.service === service);
              const free = its.map((permission) => permission.name).filter((name) => held.includes(name));
              const all = free.length > 0 && free.every((name) => chosen.includes(name));
              const name = tOr(`administration.service.${service}`, service);
              return (
                <section key={service} aria-label={name} className="rounded-md border border-line">
                  <div className="flex items-center justify-between border-b border-line py-0.5 ps-3 pe-1">
                    <h3 className="text-sm font-semibold">{name}</h3>
                    {disabled || free.length === 0 ? null : (
                      <Button
                        look="quiet"
                        size="small"
                        aria-pressed={all}
                        aria-label={t("administration.allOf", { service: name })}
                        onClick={() => onChange(all ? chosen.filter((each) => !free.includes(each)) : [...new Set([...chosen, ...free])])}
                      >
                        {t(all ? "common.none" : "common.all")}
                      </Button>
                    )}
                  </div>
                  <div className="px-3 py-1">
                    {its.map((permission) => {
                      const mine = held.includes(permission.name);
                      return (
                        <Checkbox
                          key={permission.name}
                          checked={chosen.includes(permission.name)}
                          disabled={disabled || !mine}
                          onChange={(e) => onChange(e.target.checked ? [...chosen, permission.name] : chosen.filter((each) => each !== permission.name))}
                          className="items-start py-1 [&>input]:mt-0.5 [&>input]:shrink-0"
                          label={
                            <>
                              {permission.description}
                              <span className="block text-xs text-ink-3">
                                <code>{permission.name}</code>
                                {mine || disabled ? null : ` · ${t("administration.notHeld")}`}
                              </span>
                            </>
                          }
                        />
                      );
                    })}
                  </div>
                </section>
              );
            })}
          </div>
        )}
      </QueryView>
    </fieldset>
  );
}
