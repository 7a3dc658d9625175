/** The environment of meshes that scenarios run against. */
export const SCENARIO_ENVIRONMENT: Readonly<Record<string, string>> = {
  FAIRLEAD_CONFIG: new URL("scenario-config.yaml", import.meta.url).pathname,
};
