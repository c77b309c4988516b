import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Siren } from "lucide-react";
import type { ReactNode } from "react";
import { Link, useNavigate } from "react-router";
import { asProblem } from "@/api/problem";
import type { Hazard } from "@/api/types";
import { useMay } from "@/auth/me";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import { t } from "@/i18n";
import { chooseIncident } from "@/lib/chosen-incident";
import { declareFromHazard } from "../api/hazards";

interface DeclareButtonProps {
  hazard: Pick<Hazard, "id" | "incident_id">;
  small?: boolean;
  /** One of many in a list, where no row is more urgent than another. */
  quiet?: boolean;
}

/** Declare an incident from a hazard, or open the one that was. Once only, however often it is pressed. */
export function DeclareButton({ hazard, small = false, quiet = false }: DeclareButtonProps): ReactNode {
  const may = useMay("incidents:declare");
  const client = useQueryClient();
  const navigate = useNavigate();
  const declare = useMutation({
    mutationFn: () => declareFromHazard(hazard.id),
    onSuccess: (incident) => {
      chooseIncident(incident);
      toast(t("hazards.declaredToast", { name: incident.name }));
      void client.invalidateQueries({ queryKey: ["hazards"] });
      void client.invalidateQueries({ queryKey: ["incidents"] });
      void navigate(`/incidents/${incident.id}`);
    },
    onError: (error) => {
      const problem = asProblem(error);
      toast(problem.detail || problem.title, { tone: "danger" });
    },
  });
  const size = small ? "small" : "medium";
  if (hazard.incident_id) {
    return (
      <Button asChild size={size}>
        <Link to={`/incidents/${hazard.incident_id}`}>{t("hazards.openIncident")}</Link>
      </Button>
    );
  }
  return (
    <Button look={quiet ? "plain" : "primary"} size={size} busy={declare.isPending} disabled={!may} title={may ? undefined : t("hazards.noPermissionToDeclare")} onClick={() => declare.mutate()}>
      <Siren aria-hidden />
      {t("hazards.declare")}
    </Button>
  );
}
