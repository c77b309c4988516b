import type { ReactNode } from "react";
import type { OwnOrganization } from "@/api/types";
import { Section } from "@/components/Page";
import { Field, Select } from "@/components/ui/field";
import { t } from "@/i18n";
import { setTheme, themeStore, type Theme } from "@/lib/theme";
import { timeZone } from "@/lib/time";
import { unitsStore } from "@/lib/units";

const THEMES: readonly Theme[] = ["system", "light", "dark"];

/** What someone likes on this device; nobody else is touched by it. */
export function Preferences({ organization }: { organization: OwnOrganization }): ReactNode {
  const theme = themeStore((s) => s.theme);
  const units = unitsStore((s) => s.preferred);
  return (
    <Section title={t("account.preferences")}>
      <div className="grid gap-4 p-4 sm:grid-cols-2">
        <Field label={t("account.theme")}>
          {(control) => (
            <Select {...control} value={theme} onChange={(e) => setTheme(THEMES.find((each) => each === e.target.value) ?? "system")}>
              {THEMES.map((each) => (
                <option key={each} value={each}>{t(`shell.theme.${each}`)}</option>
              ))}
            </Select>
          )}
        </Field>
        <Field label={t("account.units")}>
          {(control) => (
            <Select
              {...control}
              value={units ?? ""}
              onChange={(e) => unitsStore.setState({ preferred: e.target.value === "metric" || e.target.value === "us" ? e.target.value : null })}
            >
              <option value="">{t("account.units.organization", { units: t(`account.units.${organization.units}`) })}</option>
              <option value="metric">{t("account.units.metric")}</option>
              <option value="us">{t("account.units.us")}</option>
            </Select>
          )}
        </Field>
      </div>
      <p className="border-t border-line px-4 py-2 text-xs text-ink-3">{t("account.zone", { zone: timeZone().replaceAll("_", " ") })}</p>
    </Section>
  );
}
