import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { RefreshCw } from "lucide-react";
import { useState, type ReactNode } from "react";
import type { SigningKey } from "@/api/types";
import { useMay, useMe } from "@/auth/me";
import { QueryView } from "@/components/QueryView";
import { Time } from "@/components/Time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { SkeletonRows } from "@/components/ui/skeleton";
import { FormProblem } from "@/components/ui/states";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import { toast } from "@/components/ui/toast";
import { t } from "@/i18n";
import { rotateSigningKeys, signingKeysQuery } from "./api/keys";
import { Frame } from "./Frame";

const TONES = { next: "neutral", current: "success", retiring: "warning" } as const;

/** The keys that sign access tokens. They serve every organization, so the first one's administrators rotate them. */
export default function SigningKeysPage(): ReactNode {
  const keys = useQuery({ ...signingKeysQuery, enabled: useMay("organizations:manage") });
  const platform = useMe()?.organization.platform !== false;
  const [asking, setAsking] = useState(false);
  return (
    <Frame
      place="signing-keys"
      actions={
        platform ? (
          <Button onClick={() => setAsking(true)}>
            <RefreshCw aria-hidden />
            {t("administration.rotate")}
          </Button>
        ) : null
      }
    >
      <p className="max-w-prose p-4 text-sm text-ink-2">{t(platform ? "administration.signingDetail" : "administration.platformOnly")}</p>
      <QueryView query={keys} loading={<SkeletonRows rows={3} />}>
        {({ items }) => (
          <Table label={t("administration.signingKeys")} className="border-t border-line [&_td:first-child]:ps-4 [&_th:first-child]:ps-4">
            <thead>
              <tr>
                <Th>{t("administration.state")}</Th>
                <Th>{t("administration.keyId")}</Th>
                <Th>{t("administration.made")}</Th>
                <Th>{t("administration.since")}</Th>
                <Th>{t("administration.retired")}</Th>
              </tr>
            </thead>
            <tbody>
              {items.map((key) => (
                <Row key={key.kid} signingKey={key} />
              ))}
            </tbody>
          </Table>
        )}
      </QueryView>
      {asking ? <RotateDialog onClose={() => setAsking(false)} /> : null}
    </Frame>
  );
}

const Row = ({ signingKey: key }: { signingKey: SigningKey }): ReactNode => (
  <Tr>
    <Td className="whitespace-nowrap">
      <Badge tone={TONES[key.state]}>{t(`administration.keyState.${key.state}`)}</Badge>
      <span className="ms-2 text-xs text-ink-3 max-md:hidden">{t(`administration.keyStateDetail.${key.state}`)}</span>
    </Td>
    <Td>
      <code className="text-xs">{key.kid}</code>
    </Td>
    <Td className="whitespace-nowrap">
      <Time at={key.created_at} />
    </Td>
    <Td className="whitespace-nowrap">
      <Time at={key.current_since} />
    </Td>
    <Td className="whitespace-nowrap">
      <Time at={key.retired_at} />
    </Td>
  </Tr>
);

function RotateDialog({ onClose }: { onClose: () => void }): ReactNode {
  const client = useQueryClient();
  const rotate = useMutation({
    mutationFn: rotateSigningKeys,
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["signing-keys"] });
      toast(t("administration.rotated"));
      onClose();
    },
  });
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())} title={t("administration.rotateTitle")} description={t("administration.rotateDetail")}>
      <FormProblem error={rotate.error} />
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button look="primary" busy={rotate.isPending} onClick={() => rotate.mutate()}>{t("administration.rotate")}</Button>
      </div>
    </Dialog>
  );
}
