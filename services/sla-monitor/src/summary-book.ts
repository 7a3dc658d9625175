import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { MetricsSummary } from "@fairlead/contracts/sla/v1/summary";
import { type AnsweredReset, AnsweredResetSchema, type SummaryResets, SummaryResetsSchema } from "@fairlead/contracts/sla/v1/tally";
import { type Counted, rememberAnswer, resetSummary, summarise, summariseSinceReset, type Wanted } from "@fairlead/decision/sla/summary-resets";
import { failure } from "@fairlead/rpc/fairlead-error";
import type { RecordStore } from "@fairlead/state/record-store";
import type { Kept } from "./tally-records.ts";
import type { Tally } from "./tally.ts";

/** What summaries are made from. */
export interface SummaryPorts {
  readonly tally: Tally;
  readonly records: RecordStore;
  /** True for a provider that is there now. */
  readonly isAnnounced: (provider: string) => boolean;
}

const KIND = "sla-summary-resets";
const KEY = "resets";
const KEEP_MS = 3_650 * 86_400_000;
/** How often a reset is tried when another came in between. */
const MOST_TRIES = 8;

/** Summaries of attempts, and from where they count. All methods reject with StateError. */
export class SummaryBook {
  readonly #ports: SummaryPorts;

  constructor(ports: SummaryPorts) {
    this.#ports = ports;
  }

  async sinceReset(wanted: Wanted, now: number): Promise<MetricsSummary> {
    // The reset first: what is counted then holds at least what was counted at it.
    const { value } = await this.#load();
    return summariseSinceReset(await this.#ports.tally.counted(), value, wanted, now);
  }

  async ofPeriod(start: number, end: number, wanted: Wanted, now: number): Promise<MetricsSummary> {
    return summarise(await this.#ports.tally.period(start, end, now), wanted, () => start, end);
  }

  /**
   * Lets the summary count from now: of one provider, or of all where it is empty.
   *
   * @throws FairleadError NOT_FOUND for a provider nobody knows, CONFLICT for a request id that named another reset,
   *   UNAVAILABLE when others reset it all the time
   */
  async reset(provider: string, requestId: string, now: number): Promise<AnsweredReset> {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const { revision, value } = await this.#load();
      const known = requestId === "" ? undefined : value.answered.find((one) => one.requestId === requestId);
      if (known !== undefined) return sameReset(known, provider);
      const counted = await this.#ports.tally.counted();
      this.#checkProvider(provider, counted);
      const summary = summariseSinceReset(counted, value, { provider, byModel: false }, now);
      const answer = create(AnsweredResetSchema, { requestId, provider, resetUnixMs: BigInt(now), summary });
      const next = resetSummary(value, counted, provider, now);
      if (await this.#put({ revision, value: requestId === "" ? next : rememberAnswer(next, answer) }, now)) return answer;
    }
    throw failure(ErrorCode.UNAVAILABLE, "The summary is reset too often; try again.");
  }

  #checkProvider(provider: string, { targets }: Counted): void {
    if (provider === "" || this.#ports.isAnnounced(provider) || targets.some((target) => target.provider === provider)) return;
    throw refused(ErrorCode.NOT_FOUND, "provider", "is not known");
  }

  async #load(): Promise<Kept<SummaryResets>> {
    const [found] = await this.#ports.records.load(KIND);
    if (found === undefined) return { revision: 0, value: create(SummaryResetsSchema) };
    return { revision: found.revision, value: fromBinary(SummaryResetsSchema, found.value) };
  }

  #put({ revision, value }: Kept<SummaryResets>, now: number): Promise<boolean> {
    const record = { key: KEY, revision: revision + 1, value: toBinary(SummaryResetsSchema, value) };
    return this.#ports.records.put(KIND, record, now + KEEP_MS, now);
  }
}

/** Refuses a request for what one of its fields names. */
export function refused(code: ErrorCode, field: string, description: string) {
  return failure(code, `${field}: ${description}`, { violations: [{ field, description, rule: "fairlead" }] });
}

function sameReset(known: AnsweredReset, provider: string): AnsweredReset {
  if (known.provider !== provider) throw refused(ErrorCode.CONFLICT, "request_id", "named a reset of another provider");
  return known;
}
