import { useMutation, useQueryClient } from "@tanstack/react-query";
import { FileUp } from "lucide-react";
import { useEffect, useRef, useState, type ReactNode, type SubmitEvent } from "react";
import { asProblem } from "@/api/problem";
import { useMay, useMe } from "@/auth/me";
import { Page } from "@/components/Page";
import { Button } from "@/components/ui/button";
import { FileButton } from "@/components/ui/file-button";
import { SkeletonRows } from "@/components/ui/skeleton";
import { Forbidden, FormProblem } from "@/components/ui/states";
import { t } from "@/i18n";
import { useExercise } from "@/lib/world";
import { importDocument } from "./api/document";
import { Imported, Refusal } from "./components/ImportOutcome";

/** What the API takes at most of one document. */
const MOST_BYTES = 10_000_000;

/** A file that somebody sent: it becomes an alert of others, or it is said line by line why not. */
export default function ImportPage(): ReactNode {
  const me = useMe();
  const may = useMay("alerts:draft");
  return (
    <Page title={t("receivedAlerts.import")} className="p-3 sm:p-4">
      {!me ? <SkeletonRows rows={8} /> : may ? <Import /> : <Forbidden permission="alerts:draft" />}
    </Page>
  );
}

function Import(): ReactNode {
  const exercise = useExercise();
  const client = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const take = useMutation({
    mutationFn: (chosen: File) => importDocument(chosen, exercise),
    onSuccess: () => void client.invalidateQueries({ queryKey: ["received-alerts"] }),
  });
  const choose = (chosen: File): void => {
    take.reset();
    setFile(chosen);
    setWrong(chosen.size > MOST_BYTES ? t("receivedAlerts.importTooLarge") : null);
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!file) setWrong(t("receivedAlerts.importNeeded"));
    else if (!wrong) take.mutate(file);
  };
  const problem = take.error ? asProblem(take.error) : null;
  // Whatever came of it is where the eyes and the reader go next.
  const outcome = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (take.status === "success" || take.status === "error") outcome.current?.focus();
  }, [take.status]);
  return (
    <div className="flex max-w-4xl flex-col gap-4">
      {exercise ? <p className="exercise-band rounded-md px-3 py-1.5 text-sm font-semibold">{t("receivedAlerts.importExercise")}</p> : null}
      <form onSubmit={submit} noValidate className="flex flex-col gap-3">
        <DropZone file={file} wrong={wrong} onChoose={choose} />
        <Button type="submit" look={take.data ? "plain" : "primary"} className="self-start" busy={take.isPending} disabled={take.data !== undefined}>
          {t("receivedAlerts.importNow")}
        </Button>
      </form>
      <div ref={outcome} tabIndex={-1} aria-live="polite" className="outline-none">
        {problem ? problem.code === "cap-invalid" ? <Refusal problem={problem} name={file?.name ?? ""} /> : <FormProblem error={problem.status === -1 ? t("receivedAlerts.importUnread") : problem} /> : null}
        {take.data && file ? <Imported alerts={take.data.items} name={file.name} /> : null}
      </div>
    </div>
  );
}

interface DropZoneProps {
  file: File | null;
  wrong: string | null;
  onChoose: (file: File) => void;
}

/** A file by mouse, or by the button that keyboards and telephones have. */
function DropZone({ file, wrong, onChoose }: DropZoneProps): ReactNode {
  const [over, setOver] = useState(false);
  const zone = useRef<HTMLDivElement>(null);
  const latest = useRef(onChoose);
  useEffect(() => {
    latest.current = onChoose;
  });
  // A mouse's way only, so it is no property of the element: the button is the way of everybody.
  useEffect(() => {
    const until = new AbortController();
    const on = (name: "dragover" | "dragleave" | "drop", hear: (event: DragEvent) => void): void => zone.current?.addEventListener(name, hear, { signal: until.signal });
    on("dragover", (event) => {
      event.preventDefault();
      setOver(true);
    });
    on("dragleave", () => setOver(false));
    on("drop", (event) => {
      event.preventDefault();
      setOver(false);
      const dropped = event.dataTransfer?.files[0];
      if (dropped) latest.current(dropped);
    });
    return () => until.abort();
  }, []);
  return (
    <div
      ref={zone}
      data-over={over}
      className="flex flex-col items-center gap-2 rounded-md border-2 border-dashed border-line-strong bg-surface-1 p-6 text-center data-[over=true]:border-accent data-[over=true]:bg-accent-soft"
    >
      <FileUp aria-hidden className="size-6 text-ink-3" />
      <p className="max-w-full font-medium break-words">{file ? file.name : t("receivedAlerts.importDrop")}</p>
      <FileButton
        label={t("receivedAlerts.importChoose")}
        accept=".xml,.cap,.atom,.rss,.edxlde,application/cap+xml,application/xml,text/xml,application/atom+xml,application/rss+xml"
        onChoose={onChoose}
        aria-describedby="import-kinds"
      >
        {t(file ? "receivedAlerts.importOther" : "receivedAlerts.importChoose")}
      </FileButton>
      <p id="import-kinds" className="text-xs text-ink-2">{t("receivedAlerts.importKinds")}</p>
      {wrong ? <p role="alert" className="text-sm font-medium text-danger">{wrong}</p> : null}
    </div>
  );
}
