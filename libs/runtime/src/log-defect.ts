import type { Context } from "@opentelemetry/api";
import type { Logger } from "pino";
import { traceIdOf } from "./trace-identity.ts";

/** Where a defect showed. */
export interface DefectPlace {
  /** RPC, where it was one. */
  readonly method?: string;
  readonly requestId?: string;
}

/**
 * Logs a failure that nobody foresaw, by its kind and its place in the code. Its message is left out: those of parsers and
 * encoders quote what they were given.
 */
export function logDefect(logger: Pick<Logger, "error">, thrown: unknown, trace: Context, { method, requestId }: DefectPlace): void {
  logger.error({ trace_id: traceIdOf(trace), request_id: requestId, method, type: kindOf(thrown), stack: framesOf(thrown) }, "defect");
}

function kindOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.name : typeof thrown;
}

function framesOf(thrown: unknown): string[] {
  const lines = thrown instanceof Error ? (thrown.stack ?? "").split("\n") : [];
  return lines.filter((line) => /^\s+at /.test(line)).map((line) => line.trim());
}
