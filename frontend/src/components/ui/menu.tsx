import { DropdownMenu as Radix } from "radix-ui";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "@/lib/cn";

interface MenuProps {
  trigger: ReactNode;
  children: ReactNode;
  align?: "start" | "end";
}

export const Menu = ({ trigger, children, align = "end" }: MenuProps): ReactNode => (
  <Radix.Root>
    <Radix.Trigger asChild>{trigger}</Radix.Trigger>
    <Radix.Portal>
      <Radix.Content align={align} sideOffset={4} collisionPadding={8} className="z-50 max-h-[70vh] min-w-48 overflow-y-auto rounded-md bg-surface-1 p-1 shadow-float">
        {children}
      </Radix.Content>
    </Radix.Portal>
  </Radix.Root>
);

const item =
  "flex min-h-8 w-full cursor-pointer items-center gap-2 rounded px-2 py-1 text-sm text-ink-1 outline-none select-none data-[disabled]:opacity-50 data-[highlighted]:bg-surface-2 coarse:min-h-11 [&_svg]:size-4 [&_svg]:text-ink-3";

export const MenuItem = ({ className, ...rest }: ComponentProps<typeof Radix.Item>): ReactNode => (
  <Radix.Item className={cn(item, className)} {...rest} />
);

interface MenuChoiceProps<Value extends string> {
  label: string;
  value: Value;
  choices: readonly { value: Value; label: string }[];
  onChange: (value: Value) => void;
}

export const MenuChoice = <Value extends string>({ label, value, choices, onChange }: MenuChoiceProps<Value>): ReactNode => (
  <Radix.RadioGroup value={value} onValueChange={(next) => onChange(next as Value)} aria-label={label}>
    <Radix.Label className="px-2 pt-1.5 pb-1 text-xs font-medium text-ink-3">{label}</Radix.Label>
    {choices.map((choice) => (
      <Radix.RadioItem key={choice.value} value={choice.value} className={item}>
        <span className="inline-flex w-4 justify-center">
          <Radix.ItemIndicator>✓</Radix.ItemIndicator>
        </span>
        {choice.label}
      </Radix.RadioItem>
    ))}
  </Radix.RadioGroup>
);

interface MenuCheckProps {
  checked: boolean;
  onChange: (checked: boolean) => void;
  children: ReactNode;
}

export const MenuCheck = ({ checked, onChange, children }: MenuCheckProps): ReactNode => (
  <Radix.CheckboxItem
    checked={checked}
    onCheckedChange={onChange}
    onSelect={(event) => event.preventDefault()}
    className={item}
  >
    <span className="inline-flex w-4 justify-center">
      <Radix.ItemIndicator>✓</Radix.ItemIndicator>
    </span>
    {children}
  </Radix.CheckboxItem>
);

export const MenuLabel = ({ children }: { children: ReactNode }): ReactNode => (
  <Radix.Label className="px-2 pt-1.5 pb-1 text-xs font-medium text-ink-3">{children}</Radix.Label>
);

export const MenuLine = (): ReactNode => <Radix.Separator className="my-1 h-px bg-line" />;
