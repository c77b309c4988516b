import { useQuery } from "@tanstack/react-query";
import { ChevronDown, ListOrdered, LogOut, SquareArrowOutUpRight } from "lucide-react";
import type { ReactNode } from "react";
import { useNavigate } from "react-router";
import { ExerciseMark, STATUS_SHAPE } from "@/components/meanings";
import { Button } from "@/components/ui/button";
import { Menu, MenuItem, MenuLabel, MenuLine } from "@/components/ui/menu";
import { openIncidentsQuery } from "@/features/incidents/api/incidents";
import { t } from "@/i18n";
import { chooseIncident, chosenIncidentStore, leaveIncident } from "@/lib/chosen-incident";
import { useExercise } from "@/lib/world";

/** The incident I work in: the way to it, and to the others that are open. */
export function ChosenIncident(): ReactNode {
  const exercise = useExercise();
  const kept = chosenIncidentStore((s) => s.chosen);
  const chosen = kept?.exercise === exercise ? kept : null;
  const navigate = useNavigate();
  const open = useQuery(openIncidentsQuery({ exercise, statuses: ["reported", "active", "demobilizing"] }, 20));
  return (
    <div className="flex min-w-0 items-center gap-2">
      <Menu
        align="start"
        trigger={
          <Button look="quiet" className="min-w-0 shrink px-2" aria-label={`${t("shell.chosenIncident")}: ${chosen?.name ?? t("shell.noIncident")}`}>
            <span className="truncate font-semibold text-ink-1">{chosen?.name ?? t("shell.noIncident")}</span>
            <ChevronDown aria-hidden />
          </Button>
        }
      >
        {chosen ? (
          <>
            <MenuItem onSelect={() => void navigate(`/incidents/${chosen.id}`)}>
              <SquareArrowOutUpRight aria-hidden />
              {t("shell.openIncident", { name: chosen.name })}
            </MenuItem>
            <MenuItem onSelect={leaveIncident}>
              <LogOut aria-hidden />
              {t("shell.leaveIncident")}
            </MenuItem>
            <MenuLine />
          </>
        ) : null}
        <MenuLabel>{t("shell.chooseIncident")}</MenuLabel>
        {open.data?.items.map((incident) => (
          <MenuItem
            key={incident.id}
            onSelect={() => {
              chooseIncident(incident);
              void navigate(`/incidents/${incident.id}`);
            }}
          >
            <span aria-hidden className="w-4 text-center">{STATUS_SHAPE[incident.status]}</span>
            <span className="max-w-72 truncate">{incident.name}</span>
            <span className="tabular ms-auto ps-3 text-xs text-ink-3">{incident.number}</span>
          </MenuItem>
        ))}
        <MenuItem onSelect={() => void navigate("/incidents")}>
          <ListOrdered aria-hidden />
          {t("shell.allIncidents")}
        </MenuItem>
      </Menu>
      <ExerciseMark exercise={exercise} />
    </div>
  );
}
