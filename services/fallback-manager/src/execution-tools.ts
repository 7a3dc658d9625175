import type { BackoffSettings } from "@fairlead/decision/fallback/backoff";
import type { ServiceTools } from "@fairlead/runtime/service";
import type { AdapterDirectory } from "./adapter-directory.ts";
import type { CircuitBoard } from "./circuit-board.ts";
import type { ExecutionEvents } from "./events.ts";
import type { LoadBoard } from "./load-board.ts";
import type { ExecutionMetrics } from "./metrics.ts";
import type { ProviderQuotas } from "./quotas/provider-quotas.ts";
import type { Rests } from "./rests.ts";
import type { SchemaValidators } from "./schema-validators.ts";
import type { TokenPurse } from "./token-purse.ts";

/** What executions share. */
export interface ExecutionTools {
  readonly adapters: AdapterDirectory;
  readonly circuits: CircuitBoard;
  readonly rests: Rests;
  readonly loads: LoadBoard;
  readonly quotas: ProviderQuotas;
  readonly events: ExecutionEvents;
  readonly metrics: ExecutionMetrics;
  readonly retries: TokenPurse;
  readonly hedges: TokenPurse;
  readonly backoff: BackoffSettings;
  readonly schemas: SchemaValidators;
  /** Bytes of a stream that is held back until it has passed, at most. */
  readonly heldStreamBytes: number;
  readonly tools: ServiceTools;
}
