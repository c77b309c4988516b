export const hazards = {
  title: "Hazards",
  feeds: "Feed health",
} as const;
