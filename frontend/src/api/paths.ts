import type * as T from "./types";

/** One operation in the form that openapi-typescript generates, so that the generated file can take this one's place. */
type Op<Out, Query = never, Path = never, Body = never> = {
  parameters: { query?: Query; header?: Record<string, string> } & ([Path] extends [never] ? { path?: never } : { path: Path });
  responses: {
    200: { content: { "application/json": Out } };
    default: { content: { "application/problem+json": { title: string } } };
  };
} & ([Body] extends [never] ? { requestBody?: never } : { requestBody: { content: { "application/json": Body } } });
interface Paging { limit?: number; cursor?: string }
interface Id { id: string }
type Items<Item> = T.Page<Item>;

export interface paths {
  "/api/v1/me": {
    get: Op<T.Me>;
    patch: Op<T.Me, never, never, { name: string }>;
  };
  "/api/v1/me/password": { post: Op<undefined, never, never, { current: string; new: string }> };
  "/api/v1/auth/sign-out": { post: Op<undefined> };
  "/api/v1/people": { get: Op<Items<T.DirectoryPerson>, Paging & { q?: string }> };
  "/api/v1/me/totp": { post: Op<T.TotpEnrolment> };
  "/api/v1/me/totp/confirm": { post: Op<undefined, never, never, { code: string }> };
  "/api/v1/me/totp/disable": { post: Op<undefined, never, never, { code: string }> };
  "/api/v1/me/sessions": { get: Op<Items<T.SignInSession>, Paging> };
  "/api/v1/me/sessions/{id}": { delete: Op<undefined, never, Id> };
  "/api/v1/auth/sign-out-everywhere": { post: Op<undefined> };
  "/api/v1/users": {
    get: Op<Items<T.User>, Paging & { q?: string; disabled?: boolean }>;
    post: Op<T.UserWithPassword, never, never, T.AddUser>;
  };
  "/api/v1/users/{id}": {
    get: Op<T.User, never, Id>;
    patch: Op<T.User, never, Id, { username?: string; name?: string; email?: string | null }>;
  };
  "/api/v1/users/{id}/disable": { post: Op<T.User, never, Id> };
  "/api/v1/users/{id}/enable": { post: Op<T.User, never, Id> };
  "/api/v1/users/{id}/reset-password": { post: Op<T.TemporaryPassword, never, Id, { totp: boolean }> };
  "/api/v1/users/{id}/sign-out": { post: Op<undefined, never, Id> };
  "/api/v1/users/{id}/roles": { put: Op<T.User, never, Id, { role_ids: string[] }> };
  "/api/v1/roles": {
    get: Op<Items<T.Role>, Paging>;
    post: Op<T.Role, never, never, { name: string; description?: string; permissions: string[] }>;
  };
  "/api/v1/roles/{id}": {
    get: Op<T.Role, never, Id>;
    patch: Op<T.Role, never, Id, { name?: string; description?: string; permissions?: string[] }>;
    delete: Op<undefined, never, Id>;
  };
  "/api/v1/permissions": { get: Op<Items<T.PermissionEntry>> };
  "/api/v1/api-keys": {
    get: Op<Items<T.ApiKey>, Paging>;
    post: Op<T.IssuedApiKey, never, never, { name: string; scopes: string[]; expires_at: string }>;
  };
  "/api/v1/api-keys/{id}": { delete: Op<undefined, never, Id> };
  "/api/v1/organizations": {
    get: Op<Items<T.Organization>, Paging>;
    post: Op<T.OrganizationWithPassword, never, never, T.AddOrganization>;
  };
  "/api/v1/organizations/{id}": {
    get: Op<T.Organization, never, Id>;
    patch: Op<T.Organization, never, Id, { name?: string; time_zone?: string; units?: "metric" | "us"; area?: T.Area | null; exercise?: boolean }>;
  };
  "/api/v1/signing-keys": { get: Op<Items<T.SigningKey>, Paging> };
  "/api/v1/signing-keys/rotate": { post: Op<{ kid: string }> };
  "/api/v1/hazards": {
    get: Op<Items<T.Hazard>, Paging & {
      bbox?: string; since?: string; until?: string; kind?: string; min_magnitude?: number; exercise?: boolean; feed?: string; deleted?: boolean;
    }>;
  };
  "/api/v1/hazards/{id}": { get: Op<T.HazardDetail, never, Id> };
  "/api/v1/hazards/{id}/revisions": { get: Op<Items<T.HazardRevision>, Paging, Id> };
  "/api/v1/hazards/{id}/incident": { post: Op<T.Incident, never, Id> };
  "/api/v1/hazards/feeds": { get: Op<Items<T.Feed>, Paging> };
  "/api/v1/hazards/feeds/{id}/poll": { post: Op<undefined, never, Id> };
  "/api/v1/hazards/feeds/{id}/pause": { post: Op<undefined, never, Id> };
  "/api/v1/hazards/feeds/{id}/resume": { post: Op<undefined, never, Id> };
  "/api/v1/hazards/feeds/{id}/quarantine": { get: Op<Items<T.QuarantinedDocument>, Paging, Id> };
  "/api/v1/hazards/proposals": { get: Op<Items<T.Proposal>, Paging & { status?: T.ProposalStatus }> };
  "/api/v1/hazards/proposals/{id}/dismiss": { post: Op<undefined, never, Id, { reason: string }> };
  "/api/v1/incidents": {
    get: Op<Items<T.Incident>, Paging & { status?: string; kind?: string; exercise?: boolean; bbox?: string; q?: string }>;
    post: Op<T.Incident, never, never, T.DeclareIncident>;
  };
  "/api/v1/incidents/kinds": { get: Op<Items<T.IncidentKind>> };
  "/api/v1/incidents/positions": { get: Op<Items<T.IcsPosition>> };
  "/api/v1/incidents/{id}": {
    get: Op<T.IncidentDetail, never, Id>;
    patch: Op<T.Incident, never, Id, T.ChangeIncident>;
  };
  "/api/v1/incidents/{id}/status": {
    post: Op<T.Incident, never, Id, { status: T.IncidentStatus; reason?: T.CloseReason; note?: string }>;
  };
  "/api/v1/incidents/{id}/positions": {
    post: Op<T.PositionHeld, never, Id, { position: string; person_id: string; person_name: string; organization_id?: string }>;
  };
  "/api/v1/incidents/{id}/positions/{position_id}/relieve": { post: Op<T.PositionHeld, never, Id & { position_id: string }> };
  "/api/v1/incidents/{id}/periods": { post: Op<T.OperationalPeriod, never, Id, { starts_at: string; ends_at: string }> };
  "/api/v1/incidents/{id}/objectives": {
    post: Op<T.Objective, never, Id, { text: string; priority?: number; period_id?: string }>;
  };
  "/api/v1/incidents/{id}/objectives/{objective_id}/status": {
    post: Op<T.Objective, never, Id & { objective_id: string }, { status: T.ObjectiveStatus }>;
  };
  "/api/v1/incidents/{id}/tasks": {
    post: Op<T.Task, never, Id, { title: string; assignee?: string; due_at?: string; objective_id?: string }>;
  };
  "/api/v1/incidents/{id}/tasks/{task_id}/status": {
    post: Op<T.Task, never, Id & { task_id: string }, { status: T.TaskStatus }>;
  };
  "/api/v1/incidents/{id}/links": { post: Op<T.IncidentLink, never, Id, { kind: T.LinkKind; incident_id: string }> };
  "/api/v1/incidents/{id}/links/{link_id}": { delete: Op<undefined, never, Id & { link_id: string }> };
  "/api/v1/incidents/{id}/shares": {
    post: Op<T.Share, never, Id, { organization_id: string; until: string; access: "read" | "work" }>;
  };
  "/api/v1/incidents/{id}/shares/{share_id}": { delete: Op<undefined, never, Id & { share_id: string }> };
  "/api/v1/incidents/{id}/watch": { put: Op<undefined, never, Id>; delete: Op<undefined, never, Id> };
  "/api/v1/activity": {
    get: Op<Items<T.Activity>, Paging & {
      incident_id?: string; person_id?: string; since?: string; until?: string; type?: string[]; exercise?: boolean; order?: "asc" | "desc";
    }>;
  };
  "/api/v1/activity/notes": {
    post: Op<unknown, never, never, { text: string; incident_id?: string; time?: string; corrects?: string; exercise?: boolean }>;
  };
  "/api/v1/activity/ics-214": {
    get: Op<T.Ics214, { incident_id?: string; person_id?: string; since?: string; until?: string; format?: "json" | "csv" | "html"; time_zone?: string }>;
  };
  "/api/v1/activity/integrity": { get: Op<T.JournalIntegrity> };
}
