import type { ReactNode } from "react";

/** What others wrote is shown in a box of its own, in which no script runs. */
export const ForeignHtml = ({ title, html }: { title: string; html: string }): ReactNode => (
  <iframe title={title} srcDoc={html} sandbox="" className="h-112 w-full rounded border border-line bg-white" />
);
