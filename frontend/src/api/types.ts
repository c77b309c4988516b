import type { components } from "./schema";

/** The shapes of the API by the names the profession uses; `make api-types` generates them from the running code. */
type Schemas = components["schemas"];

export type Point = Schemas["PointGeometry"];
export type Area = Schemas["PolygonGeometry"] | Schemas["MultiPolygonGeometry"];

// identity
export type Me = Schemas["Me"];
export type DirectoryPerson = Schemas["PersonOut"];
export type Organization = Schemas["OrganizationOut"];
/** One's own, as `/me` tells it. */
export type OwnOrganization = Schemas["OwnOrganization"];
export type AddOrganization = Schemas["CreateOrganization"];
export type ChangeOrganization = Schemas["ChangeOrganization"];
export type OrganizationWithPassword = Schemas["OrganizationMade"];
export type Token = Schemas["TokenOut"];
export type User = Schemas["UserOut"];
export type AddUser = Schemas["CreateUser"];
export type UserWithPassword = Schemas["UserMade"];
export type TemporaryPassword = Schemas["TemporaryPassword"];
export type Role = Schemas["RoleOut"];
export type PermissionEntry = Schemas["PermissionOut"];
export type ApiKey = Schemas["ApiKeyOut"];
export type IssuedApiKey = Schemas["ApiKeyMade"];
export type SigningKey = Schemas["SigningKeyOut"];
export type SignInSession = Schemas["SessionOut"];
export type TotpEnrolment = Schemas["TotpSecret"];

// hazard-monitoring
export type Hazard = Schemas["HazardOut"];
export type HazardDetail = Schemas["HazardDetail"];
export type HazardKind = Schemas["HazardKind"];
export type HazardRevision = Schemas["RevisionOut"];
export type AlertLevel = Schemas["AlertLevel"];
export type Severity = Hazard["severity"];
export type Feed = Schemas["FeedOut"];
export type QuarantinedDocument = Schemas["QuarantineOut"];
export type Proposal = Schemas["ProposalOut"];
export type ProposalRule = Schemas["RuleOut"];
export type AddProposalRule = Schemas["RuleIn"];
export type ChangeProposalRule = Schemas["RulePatch"];

// incident-management
export type Incident = Schemas["Incident"];
export type IncidentDetail = Schemas["IncidentDetail"];
export type IncidentStatus = Schemas["IncidentStatus"];
export type IncidentKind = Schemas["IncidentKind"];
export type CloseReason = Schemas["CloseReason"];
export type DeclareIncident = Schemas["DeclareIncident"];
export type ChangeIncident = Schemas["ChangeIncident"];
export type MoveIncident = Schemas["MoveIncident"];
export type IcsPosition = Schemas["IcsPosition"];
export type PositionHeld = Schemas["PositionHeld"];
export type AssignPosition = Schemas["AssignPosition"];
export type OperationalPeriod = Schemas["OperationalPeriod"];
export type ChangePeriod = Schemas["ChangePeriod"];
export type Objective = Schemas["Objective"];
export type ObjectiveStatus = Schemas["ObjectiveStatus"];
export type ChangeObjective = Schemas["ChangeObjective"];
export type Task = Schemas["Task"];
export type TaskStatus = Schemas["TaskStatus"];
export type ChangeTask = Schemas["ChangeTask"];
export type IncidentLink = Schemas["IncidentLink"];
export type LinkKind = Schemas["LinkKind"];
export type Share = Schemas["Share"];
export type ShareIncident = Schemas["ShareIncident"];

// activity-log
/** An entry of the journal; the live stream tells it without its hash. */
export type Activity = Omit<Schemas["ActivityItem"], "hash"> & Partial<Pick<Schemas["ActivityItem"], "hash">>;
export type Ics214 = Schemas["Ics214"];
export type Ics214Person = Schemas["Ics214Person"];
export type JournalIntegrity = Schemas["Integrity"];
