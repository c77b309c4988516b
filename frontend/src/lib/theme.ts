import { create } from "zustand";

export type Theme = "system" | "light" | "dark";

const KEY = "muster.theme";
const media = globalThis.matchMedia("(prefers-color-scheme: dark)");

function stored(): Theme {
  const value = localStorage.getItem(KEY);
  return value === "light" || value === "dark" ? value : "system";
}

const isDark = (theme: Theme): boolean => theme === "dark" || (theme === "system" && media.matches);

interface ThemeStore {
  theme: Theme;
  dark: boolean;
}

export const themeStore = create<ThemeStore>()(() => {
  const theme = stored();
  return { theme, dark: isDark(theme) };
});

/** Set and remember the theme; `public/theme.js` sets the same before the first paint. */
export function setTheme(theme: Theme): void {
  localStorage.setItem(KEY, theme);
  themeStore.setState({ theme, dark: isDark(theme) });
}

media.addEventListener("change", () => {
  const { theme } = themeStore.getState();
  themeStore.setState({ dark: isDark(theme) });
});
themeStore.subscribe(({ dark }) => {
  document.documentElement.dataset["theme"] = dark ? "dark" : "light";
});
