import { account } from "./account";
import { activity } from "./activity";
import { administration } from "./administration";
import { common } from "./common";
import { hazards } from "./hazards";
import { incidents } from "./incidents";
import { map } from "./map";
import { notifications } from "./notifications";
import { shell } from "./shell";
import { signIn } from "./signIn";
import { alertLibrary } from "./alertLibrary";
import { alerts } from "./alerts";
import { receivedAlerts } from "./receivedAlerts";
import { search } from "./search";

/** English: the catalogue every other language is measured against. One file per area. */
export const en = { account, activity, administration, common, hazards, incidents, map, shell, signIn, alerts, alertLibrary, receivedAlerts, search, notifications } as const;
