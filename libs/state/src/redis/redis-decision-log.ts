import type { RecordedOutcome } from "@fairlead/decision/replay/recorded-outcome";
import {
  type DecisionLog,
  type DecisionQuery,
  type DecisionSample,
  DEFAULT_DECISION_RETENTION_MS,
  MAX_DECISIONS_PER_HOUR,
} from "../decision-log.ts";
import { DecisionSampler, DigestGate, hoursOfDecisions, type KeptDecision, packDecision } from "../sample-decisions.ts";
import { pipelineAnswers, type RedisLink } from "./redis-link.ts";

const READ_AT_ONCE = 1_000;
const HOUR_MS = 3_600_000;

/** Records in Redis: one sorted set an hour, by digest. */
export class RedisDecisionLog implements DecisionLog {
  readonly #link: RedisLink;
  readonly #now: () => number;
  readonly #retentionMs: number;
  readonly #gate = new DigestGate();

  constructor(link: RedisLink, now: () => number, retentionMs = DEFAULT_DECISION_RETENTION_MS) {
    this.#link = link;
    this.#now = now;
    this.#retentionMs = retentionMs;
  }

  async append(records: readonly RecordedOutcome[]): Promise<void> {
    const kept = records.map((record) => packDecision(record, this.#gate)).filter((one) => one !== undefined);
    if (kept.length === 0) return;
    await this.#link.run(async (redis) => {
      const pipeline = redis.pipeline();
      for (const { hour, digest, bytes } of kept) pipeline.zadd(this.#key(hour), digest, Buffer.from(bytes));
      for (const hour of new Set(kept.map((one) => one.hour))) {
        pipeline.zremrangebyrank(this.#key(hour), MAX_DECISIONS_PER_HOUR, -1);
        pipeline.pexpire(this.#key(hour), this.#retentionMs + HOUR_MS);
      }
      pipelineAnswers(await pipeline.exec());
    });
  }

  async sample(query: DecisionQuery): Promise<DecisionSample> {
    const sampler = new DecisionSampler(query);
    for (const hour of hoursOfDecisions(query, this.#now() - this.#retentionMs))
      sampler.addHour(hour, await this.#readHour(hour));
    return sampler.sample();
  }

  /** Reads in steps, so that a full hour does not keep Redis from others. */
  async #readHour(hour: number): Promise<Pick<KeptDecision, "digest" | "bytes">[]> {
    const kept: Pick<KeptDecision, "digest" | "bytes">[] = [];
    for (let from = 0; from < MAX_DECISIONS_PER_HOUR; from += READ_AT_ONCE) {
      const found = await this.#link.run((redis) =>
        redis.zrangeBuffer(this.#key(hour), from, String(from + READ_AT_ONCE - 1), "WITHSCORES"),
      );
      for (let at = 0; at + 1 < found.length; at += 2) {
        const [bytes, score] = [found[at], found[at + 1]];
        if (bytes !== undefined && score !== undefined) kept.push({ digest: Number(score.toString()), bytes });
      }
      if (found.length < READ_AT_ONCE * 2) break;
    }
    return kept;
  }

  #key(hour: number): string {
    return `${this.#link.prefix}decisions:{${hour}}`;
  }
}
