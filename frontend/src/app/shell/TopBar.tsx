import { CircleUser, Keyboard, KeyRound, LogOut, Search, UserCog } from "lucide-react";
import { useEffect, useState, type ReactNode } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import { useMe } from "@/auth/me";
import { signOut } from "@/auth/session";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuLine } from "@/components/ui/menu";
import { ChangePasswordForm } from "@/features/sign-in/ChangePasswordForm";
import { t } from "@/i18n";
import { setTheme, themeStore } from "@/lib/theme";
import { localClock, utcClock } from "@/lib/time";
import { useWorld, worldStore, type World } from "@/lib/world";
import { ChosenIncident } from "./ChosenIncident";
import { Connection } from "./Connection";

interface TopBarProps {
  onSearch: () => void;
  onHelp: () => void;
}

export function TopBar({ onSearch, onHelp }: TopBarProps): ReactNode {
  const me = useMe();
  return (
    <header className="z-20 flex h-12 shrink-0 items-center gap-2 border-b border-line bg-surface-1 px-2 sm:gap-3 sm:px-3">
      <Link to="/" className="no-print shrink-0" aria-label="Muster">
        <img src="/muster.svg" alt="" className="size-7" />
      </Link>
      <ChosenIncident />
      <span className="hidden min-w-0 truncate text-xs text-ink-3 lg:block print:block">{me?.organization.name}</span>
      <Button onClick={onSearch} className="no-print ms-auto justify-start text-ink-3 max-md:size-8 max-md:px-0 max-md:coarse:size-11 md:w-56">
        <Search aria-hidden className="max-md:mx-auto" />
        <span className="max-md:sr-only">{t("shell.search")}</span>
        <kbd aria-hidden className="ms-auto hidden text-xs md:inline">Ctrl-K</kbd>
      </Button>
      <WorldSwitch />
      <Clock />
      <Connection />
      <Account onHelp={onHelp} />
    </header>
  );
}

function WorldSwitch(): ReactNode {
  const world = useWorld();
  const [, setParams] = useSearchParams();
  const choose = (next: World): void => {
    worldStore.getState().setWorld(next);
    // What was open belongs to the other world.
    setParams(next === "exercise" ? { world: next } : {});
  };
  return (
    <div role="group" aria-label={t("shell.world")} className="no-print hidden rounded-md border border-line-strong/60 p-0.5 md:flex">
      {(["live", "exercise"] as const).map((each) => (
        <button
          key={each}
          type="button"
          aria-pressed={world === each}
          onClick={() => choose(each)}
          className={world === each ? `rounded px-2 py-0.5 text-xs font-semibold ${each === "exercise" ? "exercise-band" : "bg-surface-2"}` : "px-2 py-0.5 text-xs text-ink-2"}
        >
          {t(`shell.${each}`)}
        </button>
      ))}
    </div>
  );
}

function Clock(): ReactNode {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <div role="group" aria-label={t("shell.clock")} className="tabular shrink-0 text-xs leading-4 max-sm:hidden print:block lg:flex lg:gap-2 lg:text-sm">
      <span className="block font-medium">{utcClock(now)}</span>
      <span className="block text-ink-2">{localClock(now)}</span>
    </div>
  );
}

function Account({ onHelp }: Pick<TopBarProps, "onHelp">): ReactNode {
  const me = useMe();
  const theme = themeStore((s) => s.theme);
  const world = useWorld();
  const navigate = useNavigate();
  const [password, setPassword] = useState(false);
  return (
    <div className="no-print">
      <Menu
        trigger={
          <Button look="quiet" size="icon" aria-label={t("shell.account")}>
            <CircleUser className="size-5!" />
          </Button>
        }
      >
        <div className="px-2 py-1.5">
          <p className="font-medium">{me?.name}</p>
          <p className="text-xs text-ink-3">{me?.roles.map((role) => role.name).join(", ")}</p>
          <p className="text-xs text-ink-3">{me?.organization.name}</p>
        </div>
        <MenuLine />
        <div className="md:hidden">
          <MenuChoice
            label={t("shell.world")}
            value={world}
            choices={[{ value: "live", label: t("shell.live") }, { value: "exercise", label: t("shell.exercise") }]}
            onChange={(next) => {
              // The address follows the world; a full load leaves nothing of the other world on screen.
              worldStore.getState().setWorld(next);
              location.assign(next === "exercise" ? "/?world=exercise" : "/");
            }}
          />
          <MenuLine />
        </div>
        <MenuChoice
          label={t("shell.theme")}
          value={theme}
          choices={(["system", "light", "dark"] as const).map((value) => ({ value, label: t(`shell.theme.${value}`) }))}
          onChange={setTheme}
        />
        <MenuLine />
        <MenuLabel>{me?.username}</MenuLabel>
        <MenuItem onSelect={() => void navigate("/account")}>
          <UserCog aria-hidden />
          {t("account.open")}
        </MenuItem>
        <MenuItem onSelect={onHelp}>
          <Keyboard aria-hidden />
          {t("shell.shortcuts")}
        </MenuItem>
        <MenuItem onSelect={() => setPassword(true)}>
          <KeyRound aria-hidden />
          {t("shell.changePassword")}
        </MenuItem>
        <MenuItem onSelect={() => void signOut()}>
          <LogOut aria-hidden />
          {t("shell.signOut")}
        </MenuItem>
      </Menu>
      <Dialog open={password} onOpenChange={setPassword} title={t("shell.changePassword")}>
        <ChangePasswordForm onDone={() => setPassword(false)} />
      </Dialog>
    </div>
  );
}
