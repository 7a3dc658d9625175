import { toBinary } from "@bufbuild/protobuf";
import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import { PartSchema, UnknownFieldSchema } from "@fairlead/contracts/chat/v1/content";
import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { ExecutionLimits } from "@fairlead/contracts/execution/v1/plan";
import { type AnswerView, gatherDeltas } from "@fairlead/decision/checks/view-answer";
import { failure } from "@fairlead/rpc/fairlead-error";
import { type AnswerChecker, rejection } from "./answer-checks.ts";
import type { Attempted } from "./attempt.ts";
import { MessageSource } from "./message-source.ts";
import { StreamTally } from "./stream-tally.ts";

/** Characters, and milliseconds after the first content, that tell whether a stream begins as a refusal. */
const START = { characters: 200, milliseconds: 1_000 } as const;
/** Bytes that a step takes beside its text, about. */
const STEP_BYTES = 64;

/** What is asked, and how its stream is opened. */
export interface StreamWish {
  readonly requestId: string;
  readonly chat: ChatRequest;
  readonly strict: boolean;
  readonly limits: ExecutionLimits | undefined;
  /** Undefined: nothing is checked. */
  readonly checker: AnswerChecker | undefined;
  /** Bytes held back at most. */
  readonly heldBytes: number;
}

/** A stream whose first content is there: from here on nobody else can answer. */
export interface OpenStream {
  readonly attempt: Attempted;
  /** What has come so far. */
  readonly head: ChatDelta[];
  readonly rest: MessageSource;
  readonly tally: StreamTally;
  readonly firstTokenMs: number;
  /** True when the whole answer has come, and its attempt has ended. */
  readonly complete: boolean;
}

/**
 * Asks for a stream and reads it up to the point from which it can be handed on: its first content; or, as its checks
 * want, the part of it that tells whether it is a refusal, or all of it.
 */
export async function openStream(attempt: Attempted, wish: StreamWish): Promise<OpenStream> {
  const { limits, chat, checker } = wish;
  attempt.watchdog.expect(limits?.firstTokenMs ?? 0, "The first content");
  const { askedModel: model, planned: { deployment } } = attempt;
  const asked = { requestId: wish.requestId, chat: { ...chat, model }, strict: wish.strict, deployment };
  const rest = new MessageSource(attempt.client.chatStream(asked, attempt.context));
  const tally = new StreamTally(chat);
  attempt.estimates(() => tally.usageSoFar());
  attempt.discards(() => rest.close());
  const reading: Reading = { attempt, wish, rest, tally, head: [], answers: checker === undefined ? undefined : [], bytes: 0 };
  try {
    while (!tally.hasContent) {
      const deltas = await rest.next();
      if (deltas === undefined) throw failure(ErrorCode.MALFORMED_ANSWER, "The stream ended without content.");
      take(reading, deltas);
    }
    attempt.arrived();
    const firstTokenMs = performance.now() - attempt.startedAt;
    attempt.watchdog.expect(limits?.gapMs ?? 0, "The next part of the answer");
    const complete = await readOn(reading);
    if (complete) {
      account(attempt, tally);
      attempt.end(undefined, { firstTokenMs, streamed: true });
    }
    return { attempt, head: reading.head, rest, tally, firstTokenMs, complete };
  } catch (thrown) {
    account(attempt, tally);
    throw thrown;
  }
}

/** Accounts what a stream has used so far. */
export function account(attempt: Attempted, tally: StreamTally): void {
  const usage = tally.usage();
  if (usage !== undefined) attempt.used(usage);
}

interface Reading {
  readonly attempt: Attempted;
  readonly wish: StreamWish;
  readonly rest: MessageSource;
  readonly tally: StreamTally;
  readonly head: ChatDelta[];
  /** Undefined: nothing is checked. */
  readonly answers: AnswerView[] | undefined;
  bytes: number;
}

function take(reading: Reading, deltas: ChatDelta[]): void {
  const { attempt, tally, head, answers } = reading;
  attempt.watchdog.seen();
  tally.see(deltas);
  for (const delta of deltas) head.push(delta);
  if (answers !== undefined) gatherDeltas(answers, deltas);
}

/** Reads on as far as the checks want; true when all of it has come. */
async function readOn(reading: Reading): Promise<boolean> {
  const { wish, answers } = reading;
  if (wish.checker === undefined || answers === undefined) return false;
  if (wish.checker.holdsStream) return readAll(reading, wish.checker, answers);
  if (wish.checker.readsStart) await readStart(reading, wish.checker, answers);
  return false;
}

async function readStart({ attempt, rest, ...reading }: Reading, checker: AnswerChecker, answers: AnswerView[]): Promise<void> {
  const until = performance.now() + START.milliseconds;
  while (!answers.some(tellsEnough)) {
    const deltas = await rest.nextWithin(Math.max(0, until - performance.now()));
    if (deltas === undefined || deltas === "late") break;
    take({ attempt, rest, ...reading }, deltas);
  }
  if (!checker.refuses(answers)) return;
  attempt.judged({ failed: "refusal", reason: "", score: undefined });
  throw rejection("it is a refusal");
}

function tellsEnough({ text, refused, finish, calls }: AnswerView): boolean {
  return text.length >= START.characters || refused || finish !== FinishReason.UNSPECIFIED || calls.length > 0;
}

async function readAll(reading: Reading, checker: AnswerChecker, answers: AnswerView[]): Promise<true> {
  hold(reading, reading.head);
  for (let deltas = await reading.rest.next(); deltas !== undefined; deltas = await reading.rest.next()) {
    hold(reading, deltas);
    take(reading, deltas);
  }
  const result = checker.check(answers);
  reading.attempt.judged(result);
  if (result.failed !== undefined) throw rejection(result.reason);
  return true;
}

function hold(reading: Reading, deltas: readonly ChatDelta[]): void {
  reading.bytes += sizeOf(deltas);
  const most = reading.wish.heldBytes;
  if (reading.bytes <= most) return;
  throw failure(ErrorCode.MALFORMED_ANSWER, `The answer has more than the ${most} bytes that are held back to be checked.`);
}

function sizeOf(deltas: readonly ChatDelta[]): number {
  return deltas.reduce((sum, delta) => sum + STEP_BYTES + stepBytes(delta), 0);
}

/** A character has up to three bytes in UTF-8 for each of its units. */
function stepBytes({ step }: ChatDelta): number {
  switch (step.case) {
    case "text":
    case "refusal":
    case "reasoning":
      return step.value.length * 3;
    case "toolCallArguments":
      return step.value.fragment.length * 3;
    case "reasoningSealed":
      return step.value.signature.length;
    case "part":
      return toBinary(PartSchema, step.value).length;
    case "extraField":
      return toBinary(UnknownFieldSchema, step.value).length;
    default:
      return 0;
  }
}
