/** Item ids of a response, made from its own id. */
export interface ItemIds {
  readonly reasoning: string;
  readonly message: string;
  readonly call: (key: string) => string;
}

export function itemIds(responseId: string): ItemIds {
  const stem = responseId.slice("resp_".length);
  return { reasoning: `rs_${stem}`, message: `msg_${stem}`, call: (key) => `fc_${stem}${key.slice(0, 8)}` };
}
