const fileOf = (name: string) => new URL(name, import.meta.url).pathname;

/** The environment of meshes that scenarios run against. */
export const SCENARIO_ENVIRONMENT: Readonly<Record<string, string>> = {
  FAIRLEAD_CONFIG: fileOf("scenario-config.yaml"),
  FAIRLEAD_PROVIDERS: "openai,anthropic,google",
  OPENAI_MODELS_FILE: fileOf("scenario-models.yaml"),
};
