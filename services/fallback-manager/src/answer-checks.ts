import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import { AdaptationKind, type ChatResponse } from "@fairlead/contracts/chat/v1/chat_response";
import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { AnswerChecks } from "@fairlead/contracts/execution/v1/plan";
import { detectRefusal } from "@fairlead/decision/checks/detect-refusal";
import { groundAnswer, indexSources, type SourceIndex } from "@fairlead/decision/checks/ground-answer";
import { scoreAnswer } from "@fairlead/decision/checks/score-answer";
import type { AnswerView } from "@fairlead/decision/checks/view-answer";
import { type QuestionView, sourceTexts, viewQuestion } from "@fairlead/decision/checks/view-question";
import { failure, FairleadError } from "@fairlead/rpc/fairlead-error";
import type { SchemaValidators, ValidateText } from "./schema-validators.ts";

/** Names of the checks, as attempts tell them. */
export type FailedCheck = "refusal" | "structured_output" | "score" | "grounding";

/** What checking an answer found. */
export interface CheckResult {
  readonly failed: FailedCheck | undefined;
  /** Why, without words of the answer. */
  readonly reason: string;
  /** Score of quality, 0 to 1; undefined: not scored. */
  readonly score: number | undefined;
}

/** Checks the answers to one request. */
export interface AnswerChecker {
  /** True when streams are held back until their end. */
  readonly holdsStream: boolean;
  /** True when the start of a stream is checked before any of it is handed on. */
  readonly readsStart: boolean;
  /** Checks a whole answer. */
  check(answers: readonly AnswerView[]): CheckResult;
  /** Whether what has come of a stream is, or begins as, a refusal. */
  refuses(answers: readonly AnswerView[]): boolean;
}

/** What an answer that failed a check means for its attempt. */
export function rejection(reason: string): FairleadError {
  return failure(ErrorCode.QUALITY_REJECTED, `The answer did not pass a check of its quality: ${reason}.`);
}

/**
 * Makes the checks that a plan asks for; undefined where it asks for none.
 *
 * @throws FairleadError INVALID_REQUEST when structured output is to be checked and its schema cannot be used
 */
export function createAnswerChecker(checks: AnswerChecks | undefined, chat: ChatRequest, schemas: SchemaValidators): AnswerChecker | undefined {
  if (checks === undefined) return undefined;
  const structured = checks.structuredOutput ? structuredCheck(chat, schemas) : undefined;
  const { refusal, minScore, minGrounding } = checks;
  if (!refusal && structured === undefined && minScore === 0 && minGrounding === 0) return undefined;
  let question: QuestionView | undefined;
  let sources: SourceIndex | undefined;
  const scoreOf = (answers: readonly AnswerView[]) => {
    const asked = (question ??= viewQuestion(chat));
    return answers.reduce((least, answer) => Math.min(least, scoreAnswer(answer, asked).score), answers.length === 0 ? 0 : 1);
  };
  const groundingOf = (answers: readonly AnswerView[]) => {
    const index = (sources ??= indexSources(sourceTexts(chat)));
    return answers.reduce((least, { text }) => Math.min(least, groundAnswer(text, index).share), 1);
  };
  const refuses = (answers: readonly AnswerView[]) => answers.some(isRefusal);
  return {
    holdsStream: checks.holdStream,
    readsStart: refusal,
    refuses,
    check(answers) {
      const score = minScore > 0 ? scoreOf(answers) : undefined;
      const result = (failed: FailedCheck | undefined, reason = ""): CheckResult => ({ failed, reason, score });
      if (refusal && refuses(answers)) return result("refusal", "it is a refusal");
      const broken = structured?.(answers);
      if (broken !== undefined) return result("structured_output", broken);
      if (score !== undefined && score < minScore) return result("score", `it scores ${score.toFixed(2)}, below ${minScore}`);
      const share = minGrounding > 0 ? groundingOf(answers) : 1;
      if (share < minGrounding) return result("grounding", `${share.toFixed(2)} of its statements rest on the request, below ${minGrounding}`);
      return result(undefined);
    },
  };
}

/** Whether the provider could only be asked for the answer's form in another way than by a schema. */
export function hasEmulatedForm({ adaptations }: ChatResponse): boolean {
  return adaptations.some(({ kind, field }) => kind === AdaptationKind.EMULATED && field.startsWith("response_format"));
}

/**
 * What is wrong with a form that was emulated. It is a hope, so it is looked at unasked; what was cut off or withheld says so
 * itself. Undefined: nothing is wrong.
 */
export function brokenEmulation(chat: ChatRequest, views: readonly AnswerView[], schemas: SchemaValidators): string | undefined {
  const whole = views.filter(({ finish, refused }) => !refused && finish !== FinishReason.LENGTH && finish !== FinishReason.CONTENT_FILTER);
  try {
    return structuredCheck(chat, schemas)?.(whole);
  } catch (error) {
    // Nobody asked for the check, so a schema that it cannot use is no reason to refuse the request.
    if (error instanceof FairleadError && error.code === ErrorCode.INVALID_REQUEST) return undefined;
    throw error;
  }
}

function isRefusal({ refused, finish, text }: AnswerView): boolean {
  return refused || finish === FinishReason.CONTENT_FILTER || detectRefusal(text);
}

/** Holds the texts of an answer against the form that was asked for; one that calls tools, or pauses for them, has none yet. */
function structuredCheck(chat: ChatRequest, schemas: SchemaValidators): ((answers: readonly AnswerView[]) => string | undefined) | undefined {
  const format = chat.responseFormat?.format;
  if (format?.case !== "jsonSchema" && format?.case !== "jsonObject") return undefined;
  const validate = format.case === "jsonSchema" ? schemas.prepare(format.value.schemaJson) : anyObject;
  return (answers) => {
    for (const { text, calls, finish } of answers) {
      const isComing = finish === FinishReason.PAUSE || (calls.length > 0 && text === "");
      const broken = isComing ? undefined : validate(text);
      if (broken !== undefined) return broken;
    }
    return undefined;
  };
}

const anyObject: ValidateText = (text) => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? undefined : "it is no JSON object";
  } catch {
    return "it is not valid JSON";
  }
};
