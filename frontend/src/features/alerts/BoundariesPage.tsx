import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { FileUp } from "lucide-react";
import { useState, type ReactNode, type SubmitEvent } from "react";
import { Problem } from "@/api/problem";
import { useMay } from "@/auth/me";
import { QueryView } from "@/components/QueryView";
import { SearchBox } from "@/components/SearchBox";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input, Select } from "@/components/ui/field";
import { FileButton } from "@/components/ui/file-button";
import { Empty, FormProblem } from "@/components/ui/states";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import { toast } from "@/components/ui/toast";
import { t } from "@/i18n";
import { useFilter } from "@/lib/search-params";
import { boundaryPagesQuery, importBoundaries } from "./api/library";
import { LibraryFrame } from "./components/LibraryFrame";

/** Named areas that the operator brought. */
export default function BoundariesPage(): ReactNode {
  const may = useMay("alerts:manage");
  const { get } = useFilter();
  const q = get("q") ?? "";
  const query = useInfiniteQuery({ ...boundaryPagesQuery(q), enabled: may });
  const [importing, setImporting] = useState(false);
  const button = (
    <Button look="primary" onClick={() => setImporting(true)}>
      <FileUp aria-hidden />
      {t("alertLibrary.import")}
    </Button>
  );
  return (
    <LibraryFrame place="boundaries" actions={button}>
      <div className="border-b border-line px-3 py-2">
        <SearchBox label={t("alertLibrary.boundarySearch")} className="w-72 max-sm:w-full" />
      </div>
      <QueryView query={query}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          if (items.length === 0) {
            return q ? <Empty title={t("alertLibrary.boundariesNone")} /> : <Empty title={t("alertLibrary.boundariesEmpty")} action={button}>{t("alertLibrary.boundariesEmptyDetail")}</Empty>;
          }
          return (
            <>
              <Table label={t("alertLibrary.boundaries")}>
                <thead className="sticky top-0 z-5 bg-surface-1">
                  <tr>
                    <Th>{t("alertLibrary.name")}</Th>
                    <Th>{t("alertLibrary.kind")}</Th>
                    <Th>{t("alertLibrary.code")}</Th>
                  </tr>
                </thead>
                <tbody>
                  {items.map((one) => (
                    <Tr key={one.id}>
                      <Td className="w-full font-medium">{one.name}</Td>
                      <Td className="whitespace-nowrap text-ink-2">{one.kind}</Td>
                      <Td className="tabular whitespace-nowrap text-ink-3">{one.code}</Td>
                    </Tr>
                  ))}
                </tbody>
              </Table>
              {query.hasNextPage ? (
                <Button look="quiet" className="my-2 ms-3" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                  {t("common.loadMore")}
                </Button>
              ) : null}
            </>
          );
        }}
      </QueryView>
      {importing ? <ImportDialog onClose={() => setImporting(false)} /> : null}
    </LibraryFrame>
  );
}

interface Collection {
  name: string;
  value: object;
  count: number;
  properties: string[];
}

/** A GeoJSON FeatureCollection, or null when it is none. */
function read(name: string, text: string): Collection | null {
  try {
    const value = JSON.parse(text) as { type?: unknown; features?: unknown };
    if (value.type !== "FeatureCollection" || !Array.isArray(value.features)) return null;
    const first = value.features[0] as { properties?: Record<string, unknown> } | undefined;
    return { name, value, count: value.features.length, properties: Object.keys(first?.properties ?? {}) };
  } catch {
    return null;
  }
}

const guess = (properties: readonly string[], likely: RegExp): string => properties.find((name) => likely.test(name)) ?? properties[0] ?? "";

function ImportDialog({ onClose }: { onClose: () => void }): ReactNode {
  const client = useQueryClient();
  const [collection, setCollection] = useState<Collection | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const [form, setForm] = useState({ kind: "county", code: "", name: "" });
  const [checked, setChecked] = useState(false);
  const kindRight = /^[a-z][a-z0-9-]{0,39}$/.test(form.kind);
  const save = useMutation({
    mutationFn: (from: Collection) => importBoundaries({ kind: form.kind, code_property: form.code, name_property: form.name, collection: { ...from.value } }),
    onSuccess: ({ imported }) => {
      void client.invalidateQueries({ queryKey: ["alerts", "boundaries"] });
      toast(t("alertLibrary.imported", { count: imported }));
      onClose();
    },
  });
  const problem = save.error instanceof Problem ? save.error : null;
  const take = (name: string, text: string): void => {
    const found = read(name, text);
    setCollection(found);
    setWrong(found ? null : t("alertLibrary.fileWrong"));
    if (found) setForm({ ...form, code: guess(found.properties, /code|fips|geoid|^id$/i), name: guess(found.properties, /^name$|name/i) });
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    setChecked(true);
    if (collection && kindRight && form.code && form.name) save.mutate(collection);
  };
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())} title={t("alertLibrary.import")} description={t("alertLibrary.importDetail")}>
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        <div>
          <FileButton
            label={t("alertLibrary.chooseFile")}
            accept=".json,.geojson,application/geo+json,application/json"
            onChoose={(chosen) => void chosen.text().then((text) => take(chosen.name, text))}
          >
            <FileUp aria-hidden />
            {t("alertLibrary.chooseFile")}
          </FileButton>
          <p className="pt-1 text-xs text-ink-2">{collection ? t("alertLibrary.fileFeatures", { name: collection.name, count: collection.count }) : null}</p>
          {wrong || (checked && !collection) ? <p className="text-xs font-medium text-danger">{wrong ?? t("alertLibrary.fileNeeded")}</p> : null}
        </div>
        <Field label={t("alertLibrary.importKind")} hint={t("alertLibrary.importKindHint")} error={checked && !kindRight ? t("alertLibrary.importKindWrong") : problem?.field("/kind")}>
          {(control) => <Input {...control} autoComplete="off" maxLength={40} value={form.kind} onChange={(e) => setForm({ ...form, kind: e.target.value })} />}
        </Field>
        {collection ? (
          <div className="grid gap-4 sm:grid-cols-2">
            {(
              [
                ["code", "alertLibrary.codeProperty"],
                ["name", "alertLibrary.nameProperty"],
              ] as const
            ).map(([which, label]) => (
              <Field key={which} label={t(label)} error={problem?.field(`/${which}_property`)}>
                {(control) => (
                  <Select {...control} value={form[which]} onChange={(e) => setForm({ ...form, [which]: e.target.value })}>
                    {collection.properties.map((property) => (
                      <option key={property}>{property}</option>
                    ))}
                  </Select>
                )}
              </Field>
            ))}
          </div>
        ) : null}
        <FormProblem error={save.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" look="primary" busy={save.isPending}>
            {t("alertLibrary.import")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
