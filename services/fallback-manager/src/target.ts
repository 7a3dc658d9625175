/** What an attempt calls: a model of a provider, at one of its deployments. */
export interface Target {
  readonly provider: string;
  readonly model: string;
  /** Empty: the only one. */
  readonly deployment: string;
}

/** Name of a target, the same for equal targets and no other. */
export function targetKey({ provider, model, deployment }: Target): string {
  return deployment === "" ? `${provider}\n${model}` : `${provider}\n${model}\n${deployment}`;
}
