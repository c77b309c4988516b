import { lazy, Suspense, type ReactNode } from "react";
import { createBrowserRouter, type RouteObject } from "react-router";
import { SkeletonRows } from "@/components/ui/skeleton";
import { CrashPage } from "./CrashPage";
import { NotFoundPage } from "./NotFoundPage";
import { SignedIn } from "./SignedIn";

const HomePage = lazy(() => import("./home/HomePage"));
const IncidentsPage = lazy(() => import("@/features/incidents/IncidentsPage"));
const DeclarePage = lazy(() => import("@/features/incidents/DeclarePage"));
const IncidentPage = lazy(() => import("@/features/incidents/IncidentPage"));
const HazardsPage = lazy(() => import("@/features/hazards/HazardsPage"));
const FeedsPage = lazy(() => import("@/features/hazards/FeedsPage"));
const RulesPage = lazy(() => import("@/features/hazards/RulesPage"));
const HazardPage = lazy(() => import("@/features/hazards/HazardPage"));
const ActivityPage = lazy(() => import("@/features/activity/ActivityPage"));
const Ics214Page = lazy(() => import("@/features/activity/Ics214Page"));
const IntegrityPage = lazy(() => import("@/features/activity/IntegrityPage"));
const OwnAccountPage = lazy(() => import("./account/OwnAccountPage"));
const AdministrationPage = lazy(() => import("@/features/administration/AdministrationPage"));
const UsersPage = lazy(() => import("@/features/administration/UsersPage"));
const RolesPage = lazy(() => import("@/features/administration/RolesPage"));
const ApiKeysPage = lazy(() => import("@/features/administration/ApiKeysPage"));
const OrganizationPage = lazy(() => import("@/features/administration/OrganizationPage"));
const SigningKeysPage = lazy(() => import("@/features/administration/SigningKeysPage"));

const SearchPage = lazy(() => import("@/features/search/SearchPage"));

const AlertsPage = lazy(() => import("@/features/alerts/AlertsPage"));
const NewAlertPage = lazy(() => import("@/features/alerts/NewAlertPage"));
const ComposePage = lazy(() => import("@/features/alerts/ComposePage"));
const ReviewPage = lazy(() => import("@/features/alerts/ReviewPage"));
/** Two features on one page, fetched together: the alert, and how its delivery goes. */
const AlertPage = lazy(async () => {
  const [{ default: Alert }, { DeliveryProgress }] = await Promise.all([import("@/features/alerts/AlertPage"), import("@/features/notifications/components/DeliveryProgress")]);
  return { default: () => <Alert Delivery={DeliveryProgress} /> };
});
const TemplatesPage = lazy(() => import("@/features/alerts/TemplatesPage"));
const BoundariesPage = lazy(() => import("@/features/alerts/BoundariesPage"));
const HooksPage = lazy(() => import("@/features/alerts/HooksPage"));
const AlertFeedsPage = lazy(() => import("@/features/alerts/AlertFeedsPage"));
const ImportPage = lazy(() => import("@/features/alerts/ImportPage"));
const ReceivedPage = lazy(() => import("@/features/alerts/ReceivedPage"));
const ReceivedAlertPage = lazy(() => import("@/features/alerts/ReceivedAlertPage"));
const ReceivedThreadPage = lazy(() => import("@/features/alerts/ReceivedThreadPage"));

const BroadcastsPage = lazy(() => import("@/features/notifications/BroadcastsPage"));
const BroadcastPage = lazy(() => import("@/features/notifications/BroadcastPage"));
const SubscribersPage = lazy(() => import("@/features/notifications/SubscribersPage"));
const ChannelsPage = lazy(() => import("@/features/notifications/ChannelsPage"));

/** A page is fetched when it is first opened; until then a list-shaped skeleton holds its place. */
const page = (element: ReactNode): ReactNode => <Suspense fallback={<SkeletonRows rows={14} />}>{element}</Suspense>;

const routes: RouteObject[] = [
  {
    path: "/",
    element: <SignedIn />,
    errorElement: <CrashPage />,
    children: [
      {
        errorElement: <CrashPage />,
        children: [
          { index: true, element: page(<HomePage />) },
          { path: "incidents", element: page(<IncidentsPage />) },
          { path: "incidents/declare", element: page(<DeclarePage />) },
          { path: "incidents/:id", element: page(<IncidentPage />) },
          { path: "hazards", element: page(<HazardsPage />) },
          { path: "hazards/feeds", element: page(<FeedsPage />) },
          { path: "hazards/rules", element: page(<RulesPage />) },
          { path: "hazards/:id", element: page(<HazardPage />) },
          { path: "activity", element: page(<ActivityPage />) },
          { path: "activity/ics-214", element: page(<Ics214Page />) },
          { path: "activity/integrity", element: page(<IntegrityPage />) },
          { path: "account", element: page(<OwnAccountPage />) },
          { path: "administration", element: page(<AdministrationPage />) },
          { path: "administration/users", element: page(<UsersPage />) },
          { path: "administration/roles", element: page(<RolesPage />) },
          { path: "administration/api-keys", element: page(<ApiKeysPage />) },
          { path: "administration/organization", element: page(<OrganizationPage />) },
          { path: "administration/signing-keys", element: page(<SigningKeysPage />) },
          { path: "search", element: page(<SearchPage />) },
          { path: "alerts", element: page(<AlertsPage />) },
          { path: "alerts/new", element: page(<NewAlertPage />) },
          { path: "alerts/templates", element: page(<TemplatesPage />) },
          { path: "alerts/boundaries", element: page(<BoundariesPage />) },
          { path: "alerts/hooks", element: page(<HooksPage />) },
          { path: "alerts/feeds", element: page(<AlertFeedsPage />) },
          { path: "alerts/import", element: page(<ImportPage />) },
          { path: "alerts/received", element: page(<ReceivedPage />) },
          { path: "alerts/received/:id", element: page(<ReceivedThreadPage />) },
          { path: "received-alerts/:id", element: page(<ReceivedAlertPage />) },
          { path: "alerts/:id", element: page(<AlertPage />) },
          { path: "alerts/:id/edit", element: page(<ComposePage />) },
          { path: "alerts/:id/review", element: page(<ReviewPage />) },
          { path: "notifications", element: page(<BroadcastsPage />) },
          { path: "notifications/subscribers", element: page(<SubscribersPage />) },
          { path: "notifications/channels", element: page(<ChannelsPage />) },
          { path: "notifications/:id", element: page(<BroadcastPage />) },
          { path: "*", element: <NotFoundPage /> },
        ],
      },
    ],
  },
];

export const newRouter = (): ReturnType<typeof createBrowserRouter> => createBrowserRouter(routes);
