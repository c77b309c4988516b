import type { ReactNode } from "react";

/** The quiet frame of everything that stands before the shell. */
export const Gate = ({ title, children }: { title: string; children: ReactNode }): ReactNode => (
  <main className="grid min-h-full place-items-center bg-surface-0 p-4">
    <div className="w-full max-w-sm">
      <p className="mb-6 flex items-center gap-2 text-lg font-semibold">
        <img src="/muster.svg" alt="" className="size-7" />
        Muster
      </p>
      <div className="rounded-lg border border-line bg-surface-1 p-5">
        <h1 className="mb-4 text-xl font-semibold">{title}</h1>
        {children}
      </div>
    </div>
  </main>
);
