import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Pencil, Plus, Trash2 } from "lucide-react";
import { useState, type ReactNode } from "react";
import { Link } from "react-router";
import { asProblem } from "@/api/problem";
import type { AlertTemplate } from "@/api/types";
import { useMay } from "@/auth/me";
import { SeverityMark } from "@/components/meanings";
import { QueryView } from "@/components/QueryView";
import { Time } from "@/components/Time";
import { Button } from "@/components/ui/button";
import { Empty } from "@/components/ui/states";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import { toast } from "@/components/ui/toast";
import { t } from "@/i18n";
import { addTemplate, removeTemplate, templatesQuery } from "./api/library";
import { LibraryFrame } from "./components/LibraryFrame";
import { TemplateDialog } from "./components/TemplateDialog";
import { whole } from "./content";
import { languageName } from "./languages";
import { useHazardName } from "./use-hazard-name";

/** Prepared alerts, ready at 3 a.m. */
export default function TemplatesPage(): ReactNode {
  const may = useMay("alerts:manage");
  const query = useQuery({ ...templatesQuery, enabled: may });
  const [editing, setEditing] = useState<AlertTemplate | "new" | null>(null);
  const hazardName = useHazardName();
  const add = (
    <Button look="primary" onClick={() => setEditing("new")}>
      <Plus aria-hidden />
      {t("alertLibrary.addTemplate")}
    </Button>
  );
  return (
    <LibraryFrame place="templates" actions={add}>
      <QueryView query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t("alertLibrary.templatesEmpty")} action={add}>{t("alertLibrary.templatesEmptyDetail")}</Empty>
          ) : (
            <Table label={t("alertLibrary.templates")}>
              <thead className="sticky top-0 z-5 bg-surface-1">
                <tr>
                  <Th>{t("alertLibrary.templateName")}</Th>
                  <Th className="max-sm:hidden">{t("alerts.hazard")}</Th>
                  <Th className="max-sm:hidden">{t("alerts.severity")}</Th>
                  <Th className="max-md:hidden">{t("alerts.languages")}</Th>
                  <Th className="max-lg:hidden">{t("alertLibrary.templateFields")}</Th>
                  <Th className="max-md:hidden">{t("alertLibrary.changed")}</Th>
                  <Th><span className="sr-only">{t("common.edit")}</span></Th>
                </tr>
              </thead>
              <tbody>
                {items.map((template) => {
                  const content = whole(template.content);
                  return (
                    <Tr key={template.id}>
                      <Td className="w-full max-w-0 min-w-36">
                        <Link data-row to={`/alerts/new?template=${template.id}`} className="block truncate font-medium hover:underline" title={t("alertLibrary.useTemplate")}>
                          {template.name}
                        </Link>
                      </Td>
                      <Td className="whitespace-nowrap text-ink-2 max-sm:hidden">{hazardName(content.term)}</Td>
                      <Td className="max-sm:hidden"><SeverityMark severity={content.severity} /></Td>
                      <Td className="whitespace-nowrap text-ink-2 max-md:hidden">{content.texts.map((words) => languageName(words.language)).join(", ") || "–"}</Td>
                      <Td className="tabular whitespace-nowrap text-ink-2 max-lg:hidden">{t("alertLibrary.fields", { count: template.fields.length })}</Td>
                      <Td className="whitespace-nowrap text-ink-3 max-md:hidden"><Time at={template.updated_at} /></Td>
                      <Td className="whitespace-nowrap">
                        <Button look="quiet" size="icon" aria-label={t("alertLibrary.editNamed", { name: template.name })} onClick={() => setEditing(template)}>
                          <Pencil />
                        </Button>
                        <Remove template={template} />
                      </Td>
                    </Tr>
                  );
                })}
              </tbody>
            </Table>
          )
        }
      </QueryView>
      {editing ? <TemplateDialog template={editing === "new" ? null : editing} onClose={() => setEditing(null)} /> : null}
    </LibraryFrame>
  );
}

function Remove({ template }: { template: AlertTemplate }): ReactNode {
  const client = useQueryClient();
  const read = (): void => void client.invalidateQueries({ queryKey: templatesQuery.queryKey });
  const refused = (error: unknown): void => toast(asProblem(error).message, { tone: "danger" });
  const again = useMutation({ mutationFn: () => addTemplate({ name: template.name, fields: template.fields, content: template.content }), onSuccess: read, onError: refused });
  const remove = useMutation({
    mutationFn: () => removeTemplate(template.id),
    onSuccess: () => {
      read();
      toast(t("alertLibrary.templateRemoved", { name: template.name }), { undo: () => again.mutate() });
    },
    onError: refused,
  });
  return (
    <Button look="quiet" size="icon" busy={remove.isPending} aria-label={t("alertLibrary.removeNamed", { name: template.name })} onClick={() => remove.mutate()}>
      <Trash2 />
    </Button>
  );
}
