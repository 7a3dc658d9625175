import type { TargetLimits } from "@fairlead/contracts/adapter/v1/model";
import { targetKey, type TargetName } from "../adapter-directory.ts";

/**
 * Name of the account that limits belong to: the one they name, or the target's own. Limits that a model states for all
 * of its deployments are shared by these.
 *
 * @param ofDeployment true when the deployment itself states them
 */
export function quotaAccount(target: TargetName, limits: TargetLimits, ofDeployment: boolean): string {
  if (limits.quotaAccount !== "") return limits.quotaAccount;
  return targetKey(ofDeployment ? target : { ...target, deployment: "" });
}
