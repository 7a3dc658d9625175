import { BLOCK_TOKENS, type TraceRequest } from "./read-trace.ts";

/** A simulated deployment of a model. */
export interface FleetTarget {
  readonly key: string;
  /** Share of the traffic that its owner intends. */
  readonly weight: number;
  /** Tokens of input that one slot reads in a second. */
  readonly prefillPerSecond: number;
  /** Tokens of output that one slot writes in a second. */
  readonly decodePerSecond: number;
  /** Calls served at the same time; others wait in order. */
  readonly slots: number;
  /** Blocks of prompts kept, the least recently used one goes first. */
  readonly cacheBlocks: number;
  /** What is peculiar about it, for people. Empty: nothing. */
  readonly note: string;
}

/** Time from call to work. */
export const OVERHEAD_MS = 40;
const PREFILL_PER_SECOND = 8_000;
const DECODE_PER_SECOND = 60;
const SLOTS = 32;
const CACHE_BLOCKS = 4_000;
/** Speeds of the targets, over and over; their owner knows of these and sets weights by them. */
const SPEEDS = [1, 1.25, 0.8, 1, 1.5, 0.8, 1, 1.25];
/** The last target is so much slower than announced. */
const SLOW = 0.5;
/** The first target slows down to so much for a part of the time. */
export const DEGRADED = 0.25;
export const DEGRADED_FROM = 0.4;
export const DEGRADED_UNTIL = 0.6;

/** A fleet of targets of unlike speed, of which one is slower than announced. Degradation is up to the simulation. */
export function makeFleet(count: number): FleetTarget[] {
  return Array.from({ length: count }, (_, index) => {
    const announced = SPEEDS[index % SPEEDS.length] as number;
    const slow = index === count - 1;
    const speed = announced * (slow ? SLOW : 1);
    return {
      key: `target-${index + 1}`,
      weight: announced,
      prefillPerSecond: PREFILL_PER_SECOND * speed,
      decodePerSecond: DECODE_PER_SECOND * speed,
      slots: SLOTS,
      cacheBlocks: CACHE_BLOCKS,
      note: index === 0 ? "slows down for a while" : slow ? "slower than announced" : "",
    };
  });
}

/** Milliseconds of a call at a target that has so many tokens of its prompt in its cache. */
export function callTimes(
  target: FleetTarget,
  { inputTokens, outputTokens }: Pick<TraceRequest, "inputTokens" | "outputTokens">,
  cachedTokens: number,
  speed: number,
): { readonly firstTokenMs: number; readonly totalMs: number } {
  const prefillMs = ((inputTokens - cachedTokens) * 1_000) / (target.prefillPerSecond * speed);
  const firstTokenMs = OVERHEAD_MS + prefillMs + 1_000 / (target.decodePerSecond * speed);
  const decodeMs = (Math.max(0, outputTokens - 1) * 1_000) / (target.decodePerSecond * speed);
  return { firstTokenMs, totalMs: firstTokenMs + decodeMs };
}

/** Requests a second that a fleet can serve of a trace, when no prompt is cached and no target degraded. */
export function capacityOf(fleet: readonly FleetTarget[], trace: readonly TraceRequest[]): number {
  const mean = (figure: (request: TraceRequest) => number) =>
    trace.reduce((sum, request) => sum + figure(request), 0) / trace.length;
  const request = { inputTokens: mean((one) => one.inputTokens), outputTokens: mean((one) => one.outputTokens) };
  return fleet.reduce((sum, target) => sum + (target.slots * 1_000) / callTimes(target, request, 0, 1).totalMs, 0);
}

/** Prompt blocks that a target has read lately. */
export class PromptCache {
  readonly #blocks = new Set<number>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Blocks at the beginning of a prompt that are there; all of its blocks are from then on. */
  read(blocks: readonly number[]): number {
    let hits = 0;
    while (hits < blocks.length && this.#blocks.has(blocks[hits] as number)) hits++;
    for (const block of blocks) {
      this.#blocks.delete(block);
      this.#blocks.add(block);
    }
    for (const oldest of this.#blocks) {
      if (this.#blocks.size <= this.#limit) break;
      this.#blocks.delete(oldest);
    }
    return hits;
  }
}

/** Tokens of a prompt that so many blocks hold. */
export function tokensOfBlocks(blocks: number, inputTokens: number): number {
  return Math.min(blocks * BLOCK_TOKENS, Math.max(0, inputTokens - 1));
}
