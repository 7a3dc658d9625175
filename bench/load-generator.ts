import type { Caller } from "./caller.ts";
import { runClosedLoop } from "./closed-loop.ts";
import { nowMs } from "./clock.ts";
import { grpcCaller } from "./grpc-caller.ts";
import { httpCaller } from "./http-caller.ts";
import type { LoadJob, LoadReport } from "./load-job.ts";
import { runOpenLoop } from "./open-loop.ts";
import { Tally } from "./tally.ts";

// A process of its own, told by its parent what to do, so that its cost can be kept apart from what it measures.

/** Connections with open arrival: far more than answers under way at the rates that are used. */
const OPEN_CONNECTIONS = 64;

async function run(job: LoadJob): Promise<void> {
  const { arrival, warmUpSeconds, seconds } = job;
  const caller = openCaller(job);
  const tally = new Tally();
  const beginAt = nowMs() + warmUpSeconds * 1000;
  const endAt = beginAt + seconds * 1000;
  setTimeout(() => tell({ kind: "began" }), warmUpSeconds * 1000);
  setTimeout(() => tell({ kind: "ended" }), (warmUpSeconds + seconds) * 1000);
  try {
    if (arrival.kind === "closed") await runClosedLoop(caller, arrival.connections, beginAt, endAt, tally);
    else await runOpenLoop(caller, arrival.perSecond, beginAt, endAt, tally);
  } finally {
    await caller.close();
  }
  const left = endAt - nowMs();
  // The last answer may come before the time is over, and "ended" is told first.
  setTimeout(() => tell({ kind: "result", result: tally.result(seconds) }), Math.max(0, left) + 5);
}

function openCaller({ door, streamed, arrival }: LoadJob): Caller {
  if (door.kind === "grpc") return grpcCaller(door.address, streamed);
  return httpCaller(door.url, streamed, arrival.kind === "closed" ? arrival.connections : OPEN_CONNECTIONS);
}

function tell(report: LoadReport): void {
  process.send?.(report);
}

process.on("message", (job: LoadJob) => {
  run(job).catch((error: unknown) => {
    tell({ kind: "failed", reason: error instanceof Error ? error.message : String(error) });
  });
});
process.once("disconnect", () => process.exit(0));
process.once("SIGINT", () => process.exit(0));
