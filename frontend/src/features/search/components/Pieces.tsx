import { Fragment, type ReactNode } from "react";
import type { Piece } from "../api/search";

/** A text in which what was looked for is marked, by weight as well as by colour. */
export const Pieces = ({ pieces }: { pieces: readonly Piece[] }): ReactNode =>
  pieces.map(({ text, match }, index) =>
    match ? (
      <mark key={index} className="rounded-xs bg-warning-soft font-semibold text-ink-1">
        {text}
      </mark>
    ) : (
      <Fragment key={index}>{text}</Fragment>
    ),
  );
