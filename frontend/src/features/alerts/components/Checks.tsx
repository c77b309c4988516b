import { CircleCheck, CircleX, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { AlertFinding } from "@/api/types";
import { QueryView } from "@/components/QueryView";
import { Skeleton } from "@/components/ui/skeleton";
import { t } from "@/i18n";
import { sentence } from "../findings";
import type { PreviewResult } from "../use-preview";

interface ChecksProps {
  query: PreviewResult;
  /** Go to the place that a finding is about. */
  onGo?: (pointer: string) => void;
}

/** What keeps it from going out, and what should be looked at again; each leads to its place. */
export function Checks({ query, onGo }: ChecksProps): ReactNode {
  return (
    <section aria-label={t("alerts.checks")} className="rounded-md border border-line bg-surface-1">
      <h2 className="border-b border-line px-3 py-2 text-sm font-semibold">{t("alerts.checks")}</h2>
      <QueryView query={query} loading={<div className="flex flex-col gap-2 p-3"><Skeleton className="h-5 w-3/4" /><Skeleton className="h-5 w-1/2" /></div>}>
        {({ findings }) =>
          findings.length === 0 ? (
            <p className="flex items-center gap-2 p-3 text-sm text-success">
              <CircleCheck aria-hidden className="size-4" />
              {t("alerts.checksNone")}
            </p>
          ) : (
            <ul className="py-1">
              {findings.map((finding) => (
                <li key={`${finding.code} ${finding.pointer} ${finding.detail}`}>
                  <Finding finding={finding} onGo={onGo} />
                </li>
              ))}
            </ul>
          )
        }
      </QueryView>
    </section>
  );
}

function Finding({ finding, onGo }: { finding: AlertFinding; onGo: ChecksProps["onGo"] }): ReactNode {
  const error = finding.level === "error";
  const Icon = error ? CircleX : TriangleAlert;
  const text = (
    <>
      <Icon aria-hidden className={`mt-0.5 size-4 shrink-0 ${error ? "text-danger" : "text-warning"}`} />
      <span>
        <span className="sr-only">{t(error ? "alerts.levelError" : "alerts.levelWarning")} </span>
        {sentence(finding.detail)}
      </span>
    </>
  );
  const look = "flex w-full items-start gap-2 px-3 py-1 text-start text-sm coarse:py-2.5";
  return onGo ? (
    <button type="button" className={`${look} hover:bg-surface-2`} onClick={() => onGo(finding.pointer)}>
      {text}
    </button>
  ) : (
    <p className={look}>{text}</p>
  );
}
