import { t } from "@/i18n";

/** A refusal by the API (RFC 9457), or the lack of an answer: status 0 and code "offline". */
export class Problem extends Error {
  override readonly name = "Problem";
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    readonly traceId: string | null = null,
    readonly errors: readonly FieldError[] = [],
  ) {
    super(detail || title);
  }

  /** What is wrong with one field, by its JSON pointer ("/name"), or undefined. */
  field(pointer: string): string | undefined {
    return this.errors.find((e) => e.pointer === pointer || e.pointer.startsWith(`${pointer}/`))?.detail;
  }

  /** True when nothing answered: the edit may wait and be sent again with its idempotency key. */
  get offline(): boolean {
    return this.status === 0;
  }
}

export interface FieldError {
  readonly pointer: string;
  readonly detail: string;
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** Read a problem body; anything else that went wrong becomes a problem with the same face. */
export function problemFrom(status: number, body: unknown): Problem {
  const record = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  const errors = Array.isArray(record["errors"])
    ? record["errors"].filter(
        (e): e is FieldError =>
          typeof e === "object" && e !== null && "pointer" in e && "detail" in e,
      )
    : [];
  return new Problem(
    status,
    text(record["code"]) || `http-${status}`,
    text(record["title"]) || t("common.requestFailed", { status: String(status) }),
    text(record["detail"]),
    text(record["trace_id"]) || null,
    errors,
  );
}

export const noAnswer = (): Problem =>
  new Problem(0, "offline", t("common.noAnswer"), t("common.noAnswerDetail"));

/** Whatever was thrown, as a problem that can be shown. */
export const asProblem = (error: unknown): Problem =>
  error instanceof Problem
    ? error
    : new Problem(-1, "client-error", t("common.clientError"), error instanceof Error ? error.message : String(error));
