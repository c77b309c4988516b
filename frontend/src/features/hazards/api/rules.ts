import { queryOptions } from "@tanstack/react-query";
import { answer, api, ifMatch } from "@/api/client";
import type { AddProposalRule, ChangeProposalRule, ProposalRule } from "@/api/types";

export const rulesQuery = queryOptions({
  queryKey: ["hazards", "rules"],
  queryFn: () => answer(api.GET("/api/v1/hazards/rules", { params: { query: { limit: 200 } } })),
});

export const addRule = (body: AddProposalRule): Promise<ProposalRule> => answer(api.POST("/api/v1/hazards/rules", { body }));

/** Throws a 412 `Problem` when someone else saved a newer version. */
export const changeRule = ({ id: rule_id, version }: ProposalRule, body: ChangeProposalRule): Promise<ProposalRule> =>
  answer(api.PATCH("/api/v1/hazards/rules/{rule_id}", { params: { path: { rule_id } }, headers: ifMatch(version), body }));

export const removeRule = (rule_id: string): Promise<unknown> => answer(api.DELETE("/api/v1/hazards/rules/{rule_id}", { params: { path: { rule_id } } }));
