export const incidents = {
  title: "Incidents",
  board: "Board",
  declare: "Declare incident",
} as const;
