import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useState, type ReactNode, type SubmitEvent } from "react";
import { asProblem, Problem } from "@/api/problem";
import type { Role } from "@/api/types";
import { useMay, useMe } from "@/auth/me";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Field, Input, Textarea } from "@/components/ui/field";
import { FormProblem } from "@/components/ui/states";
import { toast } from "@/components/ui/toast";
import { t } from "@/i18n";
import { addRole, changeRole, removeRole, type RoleFacts } from "./api/roles";
import { PermissionPicker } from "./PermissionPicker";

const same = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((each) => b.includes(each));

interface RoleEditorProps {
  /** Null composes a new one. */
  role: Role | null;
  /** With the id of the role to show next; null when it is gone. */
  onDone: (id: string | null) => void;
}

export function RoleEditor({ role, onDone }: RoleEditorProps): ReactNode {
  const client = useQueryClient();
  const may = useMay("roles:manage");
  const held = useMe()?.permissions ?? [];
  // Only what was typed over: two people who change different parts do not undo each other.
  const [typed, setTyped] = useState<Partial<RoleFacts>>({});
  const [checked, setChecked] = useState(false);
  const name = typed.name ?? role?.name ?? "";
  const description = typed.description ?? role?.description ?? "";
  const permissions = typed.permissions ?? role?.permissions ?? [];
  const beyond = (role?.permissions ?? []).filter((permission) => !held.includes(permission));
  const locked = !may || beyond.length > 0;
  const changes: Partial<RoleFacts> = {
    ...(role && typed.name?.trim() === role.name ? {} : typed.name === undefined ? {} : { name: typed.name.trim() }),
    ...(role && typed.description?.trim() === role.description ? {} : typed.description === undefined ? {} : { description: typed.description.trim() }),
    ...(typed.permissions === undefined || (role && same(typed.permissions, role.permissions)) ? {} : { permissions: typed.permissions }),
  };
  const refresh = (): Promise<void> => client.invalidateQueries({ queryKey: ["roles"] });
  const save = useMutation({
    mutationFn: () => (role ? changeRole(role, changes) : addRole({ name: name.trim(), description: description.trim(), permissions })),
    onSuccess: async (saved) => {
      setTyped({});
      toast(t(role ? "administration.roleSaved" : "administration.roleAdded", { name: saved.name }));
      await refresh();
      onDone(saved.id);
    },
    onError: (error) => {
      if (asProblem(error).status === 412) void refresh();
    },
  });
  const remove = useMutation({
    mutationFn: (gone: Role) => removeRole(gone.id),
    onSuccess: async (_, gone) => {
      onDone(null);
      await refresh();
      toast(t("administration.roleRemoved", { name: gone.name }), {
        undo: () => void addRole({ name: gone.name, description: gone.description, permissions: gone.permissions }).then(refresh),
      });
    },
  });
  const problem = save.error instanceof Problem ? save.error : null;

  function submit(event: SubmitEvent): void {
    event.preventDefault();
    setChecked(true);
    if (name.trim()) save.mutate();
  }

  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      {role?.built_in ? <Badge className="self-start">{t("administration.builtIn")}</Badge> : null}
      {may ? null : <p className="text-sm text-ink-3">{t("administration.rolesReadOnly", { permission: "roles:manage" })}</p>}
      {may && beyond.length > 0 ? <p className="text-sm text-warning">{t("administration.beyond", { permissions: beyond.join(", ") })}</p> : null}
      <Field label={t("administration.name")} error={checked && !name.trim() ? t("administration.required") : problem?.field("/name")}>
        {(control) => <Input {...control} required autoFocus={role === null} disabled={locked} value={name} onChange={(e) => setTyped({ ...typed, name: e.target.value })} />}
      </Field>
      <Field label={t("administration.description")} error={problem?.field("/description")}>
        {(control) => <Textarea {...control} rows={2} disabled={locked} value={description} onChange={(e) => setTyped({ ...typed, description: e.target.value })} />}
      </Field>
      <PermissionPicker
        label={t("administration.permissions")}
        chosen={permissions}
        disabled={locked}
        error={problem?.field("/permissions")}
        onChange={(next) => setTyped({ ...typed, permissions: next })}
      />
      {problem?.status === 412 ? <p role="alert" className="text-sm text-warning">{t("administration.changedMeanwhile")}</p> : null}
      {save.error && problem?.status !== 412 && (problem?.errors.length ?? 0) === 0 ? <FormProblem error={save.error} /> : null}
      <FormProblem error={remove.error} />
      {locked ? null : (
        <div className="sticky -bottom-4 -mx-4 -mb-4 flex flex-wrap items-center gap-2 border-t border-line bg-surface-1 px-4 py-3">
          <Button type="submit" look="primary" busy={save.isPending} disabled={role !== null && Object.keys(changes).length === 0}>
            {t(role ? "administration.saveRole" : "administration.addRole")}
          </Button>
          {role && !role.built_in ? (
            <Button look="danger" busy={remove.isPending} disabled={role.holders > 0} onClick={() => remove.mutate(role)}>
              <Trash2 aria-hidden />
              {t("administration.removeRole")}
            </Button>
          ) : null}
          {role && (role.built_in || role.holders > 0) ? (
            <span className="text-xs text-ink-3">{t(role.built_in ? "administration.removeBuiltIn" : "administration.removeHeld")}</span>
          ) : null}
        </div>
      )}
    </form>
  );
}
