import type { ReactNode } from "react";
import { Select } from "@/components/ui/field";

const ZONES = Intl.supportedValuesOf("timeZone");

interface TimeZoneSelectProps {
  id?: string;
  value: string;
  onChange: (zone: string) => void;
}

export const TimeZoneSelect = ({ value, onChange, ...control }: TimeZoneSelectProps): ReactNode => (
  <Select {...control} value={value} onChange={(e) => onChange(e.target.value)}>
    {[...new Set([value, "UTC", ...ZONES])].sort().map((zone) => (
      <option key={zone} value={zone}>{zone.replaceAll("_", " ")}</option>
    ))}
  </Select>
);
