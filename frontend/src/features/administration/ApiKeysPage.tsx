import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { useState, type ReactNode } from "react";
import type { ApiKey } from "@/api/types";
import { useMay } from "@/auth/me";
import { QueryView } from "@/components/QueryView";
import { Time, useNow } from "@/components/Time";
import { Badge, Chip } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { SkeletonRows } from "@/components/ui/skeleton";
import { Empty, FormProblem } from "@/components/ui/states";
import { toast } from "@/components/ui/toast";
import { t } from "@/i18n";
import { cn } from "@/lib/cn";
import { useFilter } from "@/lib/search-params";
import { apiKeysQuery, revokeApiKey } from "./api/keys";
import { Frame } from "./Frame";
import { IssueKeyDialog } from "./IssueKeyDialog";

/** Keys of programs. */
export default function ApiKeysPage(): ReactNode {
  const { get, set } = useFilter();
  const may = useMay("api-keys:manage");
  const now = useNow();
  const [issuing, setIssuing] = useState(false);
  const keys = useInfiniteQuery({ ...apiKeysQuery, enabled: may });
  const ended = get("ended") === "shown";
  const issue = (
    <Button look="primary" onClick={() => setIssuing(true)}>
      <KeyRound aria-hidden />
      {t("administration.issueKey")}
    </Button>
  );
  return (
    <Frame place="api-keys" actions={issue}>
      <QueryView query={keys} loading={<SkeletonRows rows={6} />}>
        {({ pages }) => {
          const all = pages.flatMap((page) => page.items);
          const alive = all.filter((key) => key.revoked_at === null && Date.parse(key.expires_at) > now);
          const shown = ended ? all : alive;
          return (
            <>
              {all.length > alive.length ? (
                <div className="border-b border-line bg-surface-1 px-4 py-2">
                  <Chip selected={ended} onToggle={() => set({ ended: ended ? null : "shown" })}>
                    {t("administration.showRevoked")} <span className="tabular">{all.length - alive.length}</span>
                  </Chip>
                </div>
              ) : null}
              {shown.length === 0 ? (
                <Empty title={t("administration.noKeys")} action={issue}>{t("administration.noKeysDetail")}</Empty>
              ) : (
                <>
                  <div aria-hidden className={cn("hidden gap-x-4 border-b border-line px-4 py-1.5 text-xs font-medium text-ink-3 lg:grid", COLUMNS)}>
                    <span>{t("administration.keyName")}</span>
                    <span>{t("administration.scopes")}</span>
                    <span>{t("administration.lastUsed")}</span>
                    <span>{t("administration.expiresAt")}</span>
                  </div>
                  <ul>
                    {shown.map((key) => (
                      <Row key={key.id} apiKey={key} now={now} />
                    ))}
                  </ul>
                  {keys.hasNextPage ? (
                    <div className="p-4 text-center">
                      <Button busy={keys.isFetchingNextPage} onClick={() => void keys.fetchNextPage()}>{t("common.loadMore")}</Button>
                    </div>
                  ) : null}
                </>
              )}
            </>
          );
        }}
      </QueryView>
      {issuing ? <IssueKeyDialog onClose={() => setIssuing(false)} /> : null}
    </Frame>
  );
}

const COLUMNS = "lg:grid-cols-[minmax(0,1.2fr)_minmax(0,1.4fr)_8rem_10rem_6rem]";
const SOON_MS = 14 * 86_400_000;

function KeyState({ apiKey, now }: { apiKey: ApiKey; now: number }): ReactNode {
  const left = Date.parse(apiKey.expires_at) - now;
  if (apiKey.revoked_at) return <Badge tone="danger">{t("administration.revoked")}</Badge>;
  if (left <= 0) return <Badge>{t("administration.expired")}</Badge>;
  if (left < SOON_MS) return <Badge tone="warning">{t("administration.expiresSoon")}</Badge>;
  return null;
}

function Row({ apiKey, now }: { apiKey: ApiKey; now: number }): ReactNode {
  const [revoking, setRevoking] = useState(false);
  const dead = apiKey.revoked_at !== null || Date.parse(apiKey.expires_at) <= now;
  return (
    <li className={cn("grid gap-x-4 gap-y-1 border-b border-line px-4 py-2 lg:items-baseline", COLUMNS, dead && "text-ink-3")}>
      <div className="min-w-0">
        <p className="flex flex-wrap items-baseline gap-x-2 font-medium">
          {apiKey.name}
          <KeyState apiKey={apiKey} now={now} />
        </p>
        <p className="truncate text-xs text-ink-3">
          <code>{`muster_${apiKey.prefix}_…`}</code>
          {` · ${t("administration.issuedBy")} ${apiKey.created_by.name}`}
        </p>
      </div>
      <p className="text-xs break-words text-ink-2">{apiKey.scopes.join(", ")}</p>
      <p className="max-lg:text-xs">
        <span className="text-ink-3 lg:hidden">{t("administration.lastUsed")} </span>
        {apiKey.last_used_at ? <Time at={apiKey.last_used_at} /> : t("administration.never")}
      </p>
      <p className="max-lg:text-xs">
        <span className="text-ink-3 lg:hidden">{t("administration.expiresAt")} </span>
        <Time at={apiKey.expires_at} />
      </p>
      <div className="lg:justify-self-end">
        {dead ? null : (
          <Button look="danger" size="small" aria-label={`${t("administration.revoke")}: ${apiKey.name}`} onClick={() => setRevoking(true)}>
            {t("administration.revoke")}
          </Button>
        )}
      </div>
      {revoking ? <RevokeDialog apiKey={apiKey} onClose={() => setRevoking(false)} /> : null}
    </li>
  );
}

function RevokeDialog({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }): ReactNode {
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => revokeApiKey(apiKey.id),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["api-keys"] });
      toast(t("administration.revokedNow", { name: apiKey.name }));
      onClose();
    },
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={t("administration.revokeTitle", { name: apiKey.name })}
      description={t("administration.revokeDetail")}
    >
      <FormProblem error={revoke.error} />
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button look="danger" busy={revoke.isPending} onClick={() => revoke.mutate()}>{t("administration.revokeNow")}</Button>
      </div>
    </Dialog>
  );
}
