import { useState, type ReactNode } from "react";
import type { HelpRequest } from "@/api/types";
import { AcceptHelpDialog } from "./AcceptHelpDialog";
import { DismissHelpDialog } from "./DismissHelpDialog";

export type HelpStep = "accept" | "dismiss";

interface HelpDialogs {
  decide: (call: HelpRequest, step: HelpStep) => void;
  dialog: ReactNode;
}

/** The question stays open when its call leaves the list under it, because somebody else has decided: the answer then says so. */
export function useHelpDialogs(): HelpDialogs {
  const [asked, setAsked] = useState<{ call: HelpRequest; step: HelpStep } | null>(null);
  const close = (): void => setAsked(null);
  const Dialog = asked?.step === "accept" ? AcceptHelpDialog : DismissHelpDialog;
  return { decide: (call, step) => setAsked({ call, step }), dialog: asked ? <Dialog key={asked.call.id} call={asked.call} onClose={close} /> : null };
}
