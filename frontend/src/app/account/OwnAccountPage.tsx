import type { ReactNode } from "react";
import AccountPage from "@/features/account/AccountPage";
import { ChangePasswordForm } from "@/features/sign-in/ChangePasswordForm";

/** Two features on one page: the account, and the password form of signing in. */
export default function OwnAccountPage(): ReactNode {
  return <AccountPage passwordForm={<ChangePasswordForm />} />;
}
