import { Tabs as Radix } from "radix-ui";
import type { ReactNode } from "react";

interface Tab<Name extends string> {
  name: Name;
  label: string;
  count?: number;
  content: ReactNode;
}

interface TabsProps<Name extends string> {
  label: string;
  value: Name;
  onChange: (value: Name) => void;
  tabs: readonly Tab<Name>[];
}

export function Tabs<Name extends string>({ label, value, onChange, tabs }: TabsProps<Name>): ReactNode {
  return (
    <Radix.Root value={value} onValueChange={(name) => onChange(name as Name)} className="flex min-h-0 flex-col">
      <Radix.List aria-label={label} className="no-print flex gap-1 overflow-x-auto border-b border-line px-1">
        {tabs.map((tab) => (
          <Radix.Trigger
            key={tab.name}
            value={tab.name}
            className="-mb-px border-b-2 border-transparent px-3 py-2 text-sm font-medium whitespace-nowrap text-ink-2 hover:text-ink-1 data-[state=active]:border-accent data-[state=active]:text-ink-1 coarse:min-h-11"
          >
            {tab.label}
            {tab.count ? <span className="tabular ms-1.5 text-xs text-ink-3">{tab.count}</span> : null}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map((tab) => (
        <Radix.Content key={tab.name} value={tab.name} className="pt-4">
          {tab.content}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}
