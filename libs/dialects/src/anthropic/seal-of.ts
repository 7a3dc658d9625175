import type { ReasoningPart } from "@fairlead/contracts/chat/v1/content";
import { writeSeal } from "../reasoning-seal.ts";
import { HOME } from "./home.ts";

/** What a seal is made of. */
export type Sealed = Pick<ReasoningPart, "provider" | "deployment" | "id" | "signature">;

/**
 * The seal of reasoning as callers hand it back. Empty: there is nothing to hand back, for the reasoning has neither words
 * nor a state.
 *
 * @param provider who answers, for reasoning that does not say whose it is
 */
export function sealOf({ provider: made, deployment, id, signature }: Sealed, hasWords: boolean, provider: string): string {
  if (!hasWords && signature.length === 0 && id === "") return "";
  return writeSeal(made || provider, signature, HOME, deployment, id);
}
