import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CirclePause, CirclePlay, RotateCw } from "lucide-react";
import { useState, type ReactNode } from "react";
import type { Broadcast } from "@/api/types";
import { useMay } from "@/auth/me";
import { useNow } from "@/components/Time";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { FormProblem } from "@/components/ui/states";
import { toast } from "@/components/ui/toast";
import { t } from "@/i18n";
import { resumeBroadcast, retryFailed, stopBroadcast } from "../api/broadcasts";

type Act = "stop" | "resume" | "retry";

/** What a person may do with a broadcast, each asked once more: it reaches, or does not reach, the public. */
export function BroadcastActs({ broadcast }: { broadcast: Broadcast }): ReactNode {
  const may = useMay("notifications:manage");
  const now = useNow();
  const [asked, setAsked] = useState<Act | null>(null);
  const { state, counts } = broadcast;
  if (!may) return null;
  const retries = counts.failed > 0 && state !== "superseded" && Date.parse(broadcast.expires) > now;
  return (
    <>
      {state === "running" ? (
        <Button look="danger" onClick={() => setAsked("stop")}>
          <CirclePause aria-hidden />
          {t("notifications.stop")}
        </Button>
      ) : null}
      {state === "stopped" ? (
        <Button look="primary" onClick={() => setAsked("resume")}>
          <CirclePlay aria-hidden />
          {t("notifications.resume")}
        </Button>
      ) : null}
      {retries ? (
        <Button onClick={() => setAsked("retry")}>
          <RotateCw aria-hidden />
          {t("notifications.retry")}
        </Button>
      ) : null}
      {asked ? <Confirm act={asked} broadcast={broadcast} onClose={() => setAsked(null)} /> : null}
    </>
  );
}

async function run(act: Act, id: string): Promise<string> {
  switch (act) {
    case "stop":
      await stopBroadcast(id);
      return t("notifications.stopped");
    case "resume":
      await resumeBroadcast(id);
      return t("notifications.resumed");
    case "retry": {
      const { deliveries } = await retryFailed(id);
      return deliveries === 0 ? t("notifications.retriedNone") : t("notifications.retried", { count: deliveries });
    }
  }
}

function Confirm({ act, broadcast, onClose }: { act: Act; broadcast: Broadcast; onClose: () => void }): ReactNode {
  const client = useQueryClient();
  const read = (): void => void client.invalidateQueries({ queryKey: ["notifications", "broadcasts"] });
  const save = useMutation({
    mutationFn: () => run(act, broadcast.id),
    onSuccess: (said) => {
      read();
      toast(said);
      onClose();
    },
    // Somebody else was first, or it is over: what is on screen is old.
    onError: read,
  });
  const waiting = broadcast.counts.waiting + broadcast.counts.held;
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={t(`notifications.${act}Title`, { headline: broadcast.headline })}
      description={t(`notifications.${act}Detail`, { count: act === "retry" ? broadcast.counts.failed : waiting })}
    >
      <FormProblem error={save.error} />
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button look={act === "stop" ? "danger" : "primary"} busy={save.isPending} onClick={() => save.mutate()}>
          {t(`notifications.${act}`)}
        </Button>
      </div>
    </Dialog>
  );
}
