import { useRef, type ComponentProps, type ReactNode } from "react";
import { Button } from "./button";

interface FileButtonProps extends Omit<ComponentProps<typeof Button>, "onClick"> {
  /** What the choice is called for those who cannot see the button. */
  label: string;
  /** Endings and media types, as `input` takes them. */
  accept: string;
  /** The same file may be chosen again, after it was corrected. */
  onChoose: (file: File) => void;
}

/** A button that lets a person choose one file. */
export function FileButton({ label, accept, onChoose, ...button }: FileButtonProps): ReactNode {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button {...button} onClick={() => input.current?.click()} />
      <input
        ref={input}
        type="file"
        accept={accept}
        className="hidden"
        aria-label={label}
        onChange={(event) => {
          const chosen = event.target.files?.[0];
          event.target.value = "";
          if (chosen) onChoose(chosen);
        }}
      />
    </>
  );
}
