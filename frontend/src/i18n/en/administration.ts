export const administration = {
  title: "Administration",
} as const;
