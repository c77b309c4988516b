import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Pencil, Plus, Trash2 } from "lucide-react";
import { useState, type ReactNode } from "react";
import { asProblem } from "@/api/problem";
import type { ProposalRule } from "@/api/types";
import { useMay } from "@/auth/me";
import { Page } from "@/components/Page";
import { QueryView } from "@/components/QueryView";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Empty } from "@/components/ui/states";
import { toast } from "@/components/ui/toast";
import { t } from "@/i18n";
import { magnitude } from "@/lib/units";
import { addRule, changeRule, removeRule, rulesQuery } from "./api/rules";
import { RuleDialog } from "./components/RuleDialog";

/** A rule's conditions in words, in the order in which someone would say them. */
function conditions(rule: ProposalRule): string {
  const said = [
    rule.kind ? t(`hazards.kind.${rule.kind}`) : t("hazards.ruleAnyKind"),
    rule.minimum_magnitude === null ? "" : t("hazards.ruleSaysMagnitude", { magnitude: magnitude(rule.minimum_magnitude) }),
    rule.within_km === null ? "" : t("hazards.ruleSaysWithin", { km: rule.within_km }),
    rule.alert_levels.length === 0 ? "" : t("hazards.ruleSaysLevels", { levels: rule.alert_levels.map((level) => t(`hazards.alert.${level}`)).join(", ") }),
    rule.tsunami === null ? "" : t(rule.tsunami ? "hazards.ruleSaysTsunami" : "hazards.ruleSaysNoTsunami"),
  ];
  return said.filter(Boolean).join(" · ");
}

/** When the organization's watch proposes an incident by itself. */
export default function RulesPage(): ReactNode {
  const may = useMay("hazards:manage");
  const query = useQuery(rulesQuery);
  const [editing, setEditing] = useState<ProposalRule | "new" | null>(null);
  const add = may ? (
    <Button look="primary" onClick={() => setEditing("new")}>
      <Plus aria-hidden />
      {t("hazards.addRule")}
    </Button>
  ) : null;
  return (
    <Page title={t("hazards.rules")} actions={add} className="p-3 sm:p-4">
      <p className="mb-3 max-w-prose text-sm text-ink-2">{t("hazards.rulesExplained")}</p>
      <QueryView query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t("hazards.rulesEmpty")} />
          ) : (
            <ul className="divide-y divide-line rounded-md border border-line bg-surface-1">
              {items.map((rule) => (
                <Rule key={rule.id} rule={rule} may={may} onEdit={() => setEditing(rule)} />
              ))}
            </ul>
          )
        }
      </QueryView>
      {editing === null ? null : <RuleDialog rule={editing === "new" ? null : editing} onClose={() => setEditing(null)} />}
    </Page>
  );
}

interface RuleProps {
  rule: ProposalRule;
  may: boolean;
  onEdit: () => void;
}

function Rule({ rule, may, onEdit }: RuleProps): ReactNode {
  const client = useQueryClient();
  const read = (): void => void client.invalidateQueries({ queryKey: rulesQuery.queryKey });
  const refused = (error: unknown): void => {
    read();
    toast(asProblem(error).message, { tone: "danger" });
  };
  const turn = useMutation({ mutationFn: (enabled: boolean) => changeRule(rule, { enabled }), onSuccess: read, onError: refused });
  const restore = useMutation({
    mutationFn: ({ name, enabled, kind, minimum_magnitude, alert_levels, tsunami, within_km }: ProposalRule) =>
      addRule({ name, enabled, kind, minimum_magnitude, alert_levels, tsunami, within_km }),
    onSuccess: read,
    onError: refused,
  });
  const remove = useMutation({
    mutationFn: () => removeRule(rule.id),
    onSuccess: () => {
      read();
      toast(t("hazards.ruleRemoved", { name: rule.name }), { undo: () => restore.mutate(rule) });
    },
    onError: refused,
  });
  return (
    <li className="flex flex-wrap items-center gap-2 px-3 py-2">
      <div className="min-w-48 flex-1">
        <p className="flex items-center gap-2 font-medium">
          {rule.name}
          {rule.enabled ? null : <Badge tone="warning">{t("hazards.ruleOff")}</Badge>}
        </p>
        <p className="text-xs text-ink-2">{conditions(rule)}</p>
      </div>
      {may ? (
        <div className="no-print flex gap-1">
          <Button size="small" busy={turn.isPending} onClick={() => turn.mutate(!rule.enabled)}>
            {t(rule.enabled ? "hazards.ruleDisable" : "hazards.ruleEnable")}
            <span className="sr-only">{rule.name}</span>
          </Button>
          <Button look="quiet" size="icon" aria-label={t("hazards.editRuleNamed", { name: rule.name })} onClick={onEdit}>
            <Pencil />
          </Button>
          <Button look="quiet" size="icon" busy={remove.isPending} aria-label={t("hazards.removeRule", { name: rule.name })} onClick={() => remove.mutate()}>
            <Trash2 />
          </Button>
        </div>
      ) : null}
    </li>
  );
}
