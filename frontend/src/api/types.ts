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
/** Somebody who was warned and answered that they need help. */
export type HelpRequest = Schemas["HelpRequest"];
export type AcceptHelp = Schemas["AcceptHelp"];

// activity-log
/** An entry of the journal; the live stream tells it without its hash. */
export type Activity = Omit<Schemas["ActivityItem"], "hash"> & Partial<Pick<Schemas["ActivityItem"], "hash">>;
export type Ics214 = Schemas["Ics214"];
export type Ics214Person = Schemas["Ics214Person"];
export type JournalIntegrity = Schemas["Integrity"];

// alert-management
export type ListedAlert = Schemas["ListedAlert"];
export type Alert = Omit<ListedAlert, "shapes">;
export type AlertDetail = Schemas["AlertDetail"];
export type AlertStatus = Schemas["AlertStatus"];
export type AlertContent = Schemas["AlertContent"];
export type AlertWords = Schemas["AlertWords"];
export type AlertAreaContent = Schemas["AlertAreaContent"];
export type AlertEntry = Schemas["AlertEntry"];
export type AlertFinding = Schemas["AlertFinding"];
export type AlertPreview = Schemas["AlertPreview"];
export type AlertLanguagePreview = Schemas["LanguagePreview"];
export type AlertAudience = Schemas["AlertAudience"];
export type AlertMessageType = Schemas["MsgType"];
export type AlertCategory = Schemas["Category"];
export type AlertResponse = Schemas["ResponseType"];
export type AlertUrgency = Schemas["Urgency"];
export type AlertCertainty = Schemas["Certainty"];
export type AskAlertAudience = Schemas["AskAudience"];
export type AskAlertPreview = Schemas["AskPreview"];
export type DraftAlert = Schemas["DraftAlert"];
export type ResolveAlertArea = Schemas["ResolveArea"];
export type ResolvedAlertArea = Schemas["ResolvedArea"];
export type AlertTemplate = Schemas["AlertTemplate"];
export type WriteAlertTemplate = Schemas["WriteTemplate"];
export type ChangeAlertTemplate = Schemas["ChangeTemplate"];
export type AlertTemplateField = Schemas["TemplateField"];
export type AlertBoundary = Schemas["AlertBoundary"];
export type ImportBoundaries = Schemas["ImportBoundaries"];
export type PartnerHook = Schemas["PartnerHook"];
export type PartnerHookDelivery = Schemas["HookDelivery"];
export type AddPartnerHook = Schemas["AddHook"];
export type ChangePartnerHook = Schemas["ChangeHook"];
export type ReceivedAlert = Schemas["ReceivedOut"];
export type ReceivedAlertDetail = Schemas["ReceivedDetail"];
export type ReceivedThread = Schemas["ThreadOut"];
export type ReceivedThreadDetail = Schemas["ThreadDetail"];
export type ReceivedThreadChange = Schemas["ThreadChangeOut"];
export type AlertFeed = Schemas["AlertFeedOut"];
export type AddAlertFeed = Schemas["AlertFeedIn"];
export type ChangeAlertFeed = Schemas["AlertFeedPatch"];
export type ImportedAlerts = Schemas["ImportedAlerts"];
export type ImportedAlert = Schemas["ImportedAlert"];
export type ReceivedOnMap = Schemas["ReceivedFeature"];

// notification
export type Broadcast = Schemas["Broadcast"];
export type BroadcastDetail = Schemas["BroadcastDetail"];
export type DeliveryCounts = Schemas["Counts"];
export type AreaDelivery = Schemas["AreaProgress"];
export type ContactChannel = Schemas["ChannelKind"];
/** What became of one message to one recipient. */
export type RecipientLine = Schemas["DeliveryLine"];
export type RecipientState = Schemas["State"];
export type SinkMessage = Schemas["SinkMessage"];
export type ProviderHealth = Schemas["ProviderHealth"];
export type Subscriber = Schemas["Subscriber"];
export type SubscriberKind = Schemas["notification__domain__subscribers__Kind"];
export type SubscriberSource = Schemas["Source"];
export type SubscriberStatus = Schemas["Status"];
export type SubscriberListImported = Schemas["SubscriberListImported"];
export type ContactPoint = Schemas["SubscriberContact"];
export type GiveContactPoint = Schemas["GiveContactPoint"];
