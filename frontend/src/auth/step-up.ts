import { create } from "zustand";

/** The API's code for "you may, but prove your second factor first". */
export const STEP_UP_REQUIRED = "step-up-required";

/** The question that stands on the screen, with what to call when it was answered; null when nobody asks. */
export const stepUpStore = create<{ answer: ((proven: boolean) => void) | null }>()(() => ({ answer: null }));

let asked: Promise<boolean> | null = null;

/** Have the person prove their second factor. One question for all who wait; false when it was turned down. */
export function askToStepUp(): Promise<boolean> {
  asked ??= new Promise<boolean>((resolve) => stepUpStore.setState({ answer: resolve })).finally(() => {
    asked = null;
    stepUpStore.setState({ answer: null });
  });
  return asked;
}
