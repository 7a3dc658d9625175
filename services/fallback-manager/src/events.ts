import { create } from "@bufbuild/protobuf";
import { type Context, trace } from "@opentelemetry/api";
import type { Bus } from "@fairlead/bus/bus";
import { newEvent } from "@fairlead/bus/new-event";
import { subjects } from "@fairlead/bus/subjects";
import { traceParentOf } from "@fairlead/bus/trace-events";
import type { TokenUsage } from "@fairlead/contracts/chat/v1/usage";
import {
  AttemptFinishedSchema,
  type CostLine,
  CircuitChangedSchema,
  CostIncurredSchema,
  LoadReportedSchema,
} from "@fairlead/contracts/events/v1/event";
import type { Circuit } from "@fairlead/contracts/execution/v1/circuit";
import type { Account } from "@fairlead/contracts/execution/v1/execution_service";
import { priceUsage } from "@fairlead/decision/cost/price-usage";
import type { ServiceTools } from "@fairlead/runtime/service";
import type { AttemptRecord } from "./attempt-record.ts";
import type { TargetCalls } from "./load-board.ts";

/** Tells what happens here. */
export interface ExecutionEvents {
  attemptFinished(account: Account, record: AttemptRecord, context: Context): void;
  costIncurred(account: Account, lines: readonly CostLine[], end: ExecutionEnd, context: Context): void;
  circuitChanged(circuit: Circuit): void;
  loadReported(calls: readonly TargetCalls[]): void;
}

/** How an execution ended. */
export interface ExecutionEnd {
  /** True when the caller got an answer. */
  readonly succeeded: boolean;
  /** What the answer used; undefined: there was none. */
  readonly usage: TokenUsage | undefined;
}

/** What the events need. */
export interface EventTools {
  readonly bus: Bus;
  readonly tools: ServiceTools;
  /** Unique for this run of this process. */
  readonly instance: string;
  /** Told of costs that could not be stored. */
  readonly lost: () => void;
}

const SOURCE = "fallback-manager";

/** Makes the functions that tell what happens here. */
export function createEvents({ bus, tools, instance, lost }: EventTools): ExecutionEvents {
  const origin = (id: string, context?: Context) => {
    const span = context === undefined ? undefined : trace.getSpanContext(context);
    return { id, source: SOURCE, now: tools.now(), traceParent: span === undefined ? undefined : traceParentOf(span) };
  };
  return {
    attemptFinished(account, record, context) {
      const value = create(AttemptFinishedSchema, { requestId: account.requestId, tenant: account.tenant, ...record });
      const event = newEvent(origin(`${account.requestId}/${record.attemptNumber}`, context), { case: "attemptFinished", value });
      bus.publish(subjects.attemptFinished(record.provider), event);
    },
    costIncurred(account, lines, { succeeded, usage }, context) {
      const { requestId, tenant, user, project, tags, holds, strategy } = account;
      const value = create(CostIncurredSchema, { requestId, tenant, user, project, tags, holds, strategy, lines: [...lines], succeeded });
      if (usage !== undefined && account.dearestPrice !== undefined) value.dearestCostNanoUsd = priceUsage(account.dearestPrice, usage);
      if (usage !== undefined && account.requestedPrice !== undefined) value.requestedCostNanoUsd = priceUsage(account.requestedPrice, usage);
      const event = newEvent(origin(requestId, context), { case: "costIncurred", value });
      bus.publishDurable(subjects.costIncurred(tenant), event).catch((error: unknown) => {
        lost();
        tools.logger.error({ requestId, err: error }, "a cost could not be stored");
      });
    },
    loadReported(calls) {
      const loads = calls.map(({ target: { provider, model, deployment }, active, queued }) => ({ provider, model, deployment, active, queued }));
      const value = create(LoadReportedSchema, { instance, loads });
      bus.publish(subjects.loadReported(instance), newEvent(origin(tools.newId()), { case: "loadReported", value }));
    },
    circuitChanged(circuit) {
      const value = create(CircuitChangedSchema, { circuit, instance });
      bus.publish(subjects.circuitChanged(circuit.provider), newEvent(origin(tools.newId()), { case: "circuitChanged", value }));
    },
  };
}
