import { CloudOff, Copy, Lock, SearchX, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { asProblem, type Problem } from "@/api/problem";
import { STEP_UP_REQUIRED } from "@/auth/step-up";
import { t } from "@/i18n";
import { cn } from "@/lib/cn";
import { shortTime } from "@/lib/time";
import { Button } from "./button";
import { toast } from "./toast";

interface StateProps {
  icon?: ReactNode;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  className?: string;
}

const State = ({ icon, title, children, action, className }: StateProps): ReactNode => (
  <div className={cn("flex flex-col items-start gap-2 p-6 [&>svg]:size-5 [&>svg]:text-ink-3", className)}>
    {icon}
    <p className="font-medium">{title}</p>
    {children ? <div className="max-w-prose text-sm text-ink-2">{children}</div> : null}
    {action}
  </div>
);

/** Nothing here: a sentence, and the action that fills it. */
export const Empty = (props: StateProps): ReactNode => <State icon={<SearchX aria-hidden />} {...props} />;

/** The permission that is missing, and who can grant it. */
export const Forbidden = ({ permission }: { permission: string }): ReactNode => (
  <State icon={<Lock aria-hidden />} title={t("common.forbiddenTitle")}>
    {t("common.forbiddenDetail", { permission })}
  </State>
);

/** The id by which the people who run the system find this failure. */
export const TraceId = ({ problem }: { problem: Problem }): ReactNode =>
  problem.traceId ? (
    <Button
      look="quiet"
      size="small"
      className="tabular -ms-2 font-mono"
      onClick={() => {
        void navigator.clipboard.writeText(problem.traceId ?? "");
        toast(t("common.copied"));
      }}
    >
      <Copy aria-hidden />
      <span className="sr-only">{t("common.copyTrace")} </span>
      {problem.traceId}
    </Button>
  ) : null;

/** What happened, to which thing, and what to try; in place of a page or a list that could not be read. */
export function Failed({ error, onRetry }: { error: unknown; onRetry?: () => void }): ReactNode {
  const problem = asProblem(error);
  if (problem.status === 403 && problem.code !== STEP_UP_REQUIRED) return <ForbiddenProblem problem={problem} />;
  const Icon = problem.offline ? CloudOff : TriangleAlert;
  return (
    <div role="alert">
      <State
        icon={<Icon aria-hidden />}
        title={problem.title}
        action={
          <div className="flex flex-wrap items-center gap-2">
            {onRetry ? <Button onClick={onRetry}>{t("common.tryAgain")}</Button> : null}
            <TraceId problem={problem} />
          </div>
        }
      >
        {problem.detail === problem.title ? null : problem.detail}
      </State>
    </div>
  );
}

const ForbiddenProblem = ({ problem }: { problem: Problem }): ReactNode => (
  <State icon={<Lock aria-hidden />} title={t("common.forbiddenTitle")} action={<TraceId problem={problem} />}>
    {problem.detail} {t("common.forbiddenAsk")}
  </State>
);

/** Inside a form, above its buttons: why it was not accepted. Field errors stand at their fields. */
export function FormProblem({ error }: { error: unknown }): ReactNode {
  if (error === null || error === undefined) return null;
  const problem = asProblem(error);
  return (
    <div role="alert" className="rounded-md border border-danger bg-danger-soft px-3 py-2 text-sm text-danger">
      <p className="font-medium">{problem.title}</p>
      {problem.detail && problem.detail !== problem.title ? <p>{problem.detail}</p> : null}
      <TraceId problem={problem} />
    </div>
  );
}

/** The last good answer is shown, but a newer one could not be had. */
export const Stale = ({ since, onRetry }: { since: number; onRetry?: () => void }): ReactNode => (
  <div role="status" className="hatched flex flex-wrap items-center gap-2 border-y border-line bg-warning-soft px-3 py-1.5 text-xs text-warning">
    <CloudOff className="size-4" aria-hidden />
    <span>{t("common.staleSince", { time: shortTime(new Date(since).toISOString()) })}</span>
    {onRetry ? <Button size="small" onClick={onRetry}>{t("common.tryAgain")}</Button> : null}
  </div>
);
