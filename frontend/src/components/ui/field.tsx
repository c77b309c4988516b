import { useId, type ComponentProps, type ReactNode } from "react";
import { cn } from "@/lib/cn";

const control =
  "w-full rounded-md border border-line-strong bg-surface-1 px-2.5 text-sm text-ink-1 aria-invalid:border-danger aria-invalid:border-2 disabled:opacity-60";

export const Input = ({ className, ...rest }: ComponentProps<"input">): ReactNode => (
  <input className={cn(control, "h-8 coarse:h-11 coarse:text-base", className)} {...rest} />
);

export const Textarea = ({ className, ...rest }: ComponentProps<"textarea">): ReactNode => (
  <textarea rows={3} className={cn(control, "min-h-16 py-1.5 coarse:text-base", className)} {...rest} />
);

/** The platform's own select: reachable by keyboard, voice and thumb alike. */
export const Select = ({ className, ...rest }: ComponentProps<"select">): ReactNode => (
  <select className={cn(control, "h-8 pe-7 coarse:h-11 coarse:text-base", className)} {...rest} />
);

interface ControlProps {
  id: string;
  "aria-invalid"?: true;
  "aria-describedby"?: string;
}

interface FieldProps {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  className?: string;
  hideLabel?: boolean;
  children: (control: ControlProps) => ReactNode;
}

/** A label, its control, a hint, and what is wrong with it right beside it. */
export function Field({ label, hint, error, className, hideLabel, children }: FieldProps): ReactNode {
  const id = useId();
  const described = [hint ? `${id}-hint` : "", error ? `${id}-error` : ""].filter(Boolean).join(" ");
  return (
    <div className={cn("flex min-w-0 flex-col gap-1", className)}>
      <label htmlFor={id} className={cn("text-xs font-medium text-ink-2", hideLabel && "sr-only")}>
        {label}
      </label>
      {children({ id, ...(error ? { "aria-invalid": true } : {}), ...(described ? { "aria-describedby": described } : {}) })}
      {hint ? <p id={`${id}-hint`} className="text-xs text-ink-3">{hint}</p> : null}
      {error ? <p id={`${id}-error`} className="text-xs font-medium text-danger">{error}</p> : null}
    </div>
  );
}

interface CheckboxProps extends Omit<ComponentProps<"input">, "type"> {
  label: ReactNode;
}

export const Checkbox = ({ label, className, ...rest }: CheckboxProps): ReactNode => (
  <label className={cn("flex min-h-8 items-center gap-2 text-sm coarse:min-h-11", className)}>
    <input type="checkbox" className="size-4 accent-(--accent) coarse:size-5" {...rest} />
    <span>{label}</span>
  </label>
);
