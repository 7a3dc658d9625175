import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";
import { detectLanguage } from "../analysis/detect-language.ts";
import { detectRefusal } from "./detect-refusal.ts";
import { findRepetition, wordsOf } from "./find-repetition.ts";
import type { AnswerView, CallView } from "./view-answer.ts";
import type { QuestionView } from "./view-question.ts";

/** A defect that an answer shows, and what it leaves of the score. */
export interface Defect {
  readonly kind:
    | "empty"
    | "refused"
    | "truncated"
    | "open_code"
    | "repetition"
    | "wrong_language"
    | "missing_call"
    | "unknown_tool"
    | "broken_arguments"
    | "broken_json"
    | "placeholder"
    | "echo"
    | "garbage";
  /** 0 to 1; the score is the product. */
  readonly factor: number;
}

/** How good an answer looks from outside. */
export interface AnswerScore {
  /** 0 to 1; 1 where no defect shows. */
  readonly score: number;
  readonly defects: readonly Defect[];
}

/** Characters of an answer that are looked at, from its start and from its end. */
const LOOKED_AT = 16_000;
const LEAST_WORDS = { question: 6, answer: 30, echo: 12 } as const;
const GRAM = 5;

const NAMES_A_LANGUAGE =
  /translat|übersetz|traduc|traduir|tradu[zç]|vertaal|tłumacz|перев[еоё]|翻译|翻譯|翻訳|번역|ترجم|अनुवाद|\b(?:english|german|french|spanish|italian|portuguese|dutch|polish|russian|chinese|japanese|korean|arabic|hindi|englisch|deutsch|französisch|spanisch|anglais|allemand|français|inglés|español|inglese|italiano|inglês|português)\b/i;
const WANTS_PLACEHOLDERS = /template|placeholder|lorem|vorlage|platzhalter|modèle|gabarit|plantilla|modello|boilerplate|fill[- ]in/i;
const WANTS_ECHO = /repeat|rewrite|rephrase|correct|proofread|grammar|edit|fix|format|copy|echo|translat|quote|extract|convert|sort|wiederhol|korrigier|überset|répèt|corrig|repite/i;
const PLACEHOLDERS =
  /\[(?:insert|your|enter|add|placeholder|company|name|date|recipient|sender|hier|votre|nom|su nombre)\b[^\]\n]{0,60}\]|<(?:insert|your)\b[^>\n]{0,60}>|\{\{[^}\n]{1,60}\}\}|lorem ipsum|\bTODO\b|\bTBD\b|\bX{4,}\b/gi;

/**
 * Scores an answer by defects that can be seen without knowing what is right: nothing said, a refusal, an end by the
 * limit of length, open code, running in circles, another language than the question's, a demanded tool call or JSON
 * that did not come, placeholders, the question handed back, broken characters. It does not measure whether the answer
 * is true, complete, helpful or well written: 1 means that nothing is visibly wrong. The factors are set by judgement,
 * so that one grave defect falls below 0.5 and a small one does not.
 */
export function scoreAnswer(answer: AnswerView, asked: QuestionView): AnswerScore {
  const defects: Defect[] = [];
  const note = (kind: Defect["kind"], factor: number | false) => {
    if (factor !== false && factor < 1) defects.push({ kind, factor });
  };
  const text = answer.text.trim();
  const nothing = text === "" && answer.calls.length === 0 && !answer.media;
  note("refused", (answer.refused || answer.finish === FinishReason.CONTENT_FILTER || detectRefusal(text)) && 0.1);
  note("empty", nothing && !answer.refused && 0);
  note("truncated", answer.finish === FinishReason.LENGTH && 0.5);
  noteCalls(answer.calls, asked, note);
  if (text !== "") noteText(text, answer, asked, note);
  return { score: defects.reduce((product, { factor }) => product * factor, 1), defects };
}

type Note = (kind: Defect["kind"], factor: number | false) => void;

function noteCalls(calls: readonly CallView[], { requiredTool, tools }: QuestionView, note: Note): void {
  const called = calls.some(({ name }) => requiredTool === "" || name === requiredTool);
  note("missing_call", requiredTool !== undefined && !called && 0.2);
  note("unknown_tool", calls.some(({ name }) => !tools.has(name)) && 0.3);
  note("broken_arguments", calls.some(({ argumentsJson }) => argumentsJson !== "" && !isJson(argumentsJson)) && 0.3);
}

function noteText(whole: string, answer: AnswerView, asked: QuestionView, note: Note): void {
  const text = whole.length > 2 * LOOKED_AT ? whole.slice(0, LOOKED_AT) + whole.slice(-LOOKED_AT) : whole;
  note("broken_json", asked.wantsJson && answer.calls.length === 0 && !isJson(whole) && 0.2);
  note("garbage", garbageOf(text) > 0.01 && 0.4);
  note("repetition", repetitionFactor(findRepetition(text)));
  if (asked.wantsJson) return;
  const open = (text.match(/^\s*```/gm)?.length ?? 0) % 2 === 1;
  note("open_code", open && answer.finish !== FinishReason.LENGTH && text === whole && 0.7);
  note("wrong_language", speaksOtherwise(text, asked.question) && 0.5);
  note("placeholder", placeholderFactor(text, asked.question));
  note("echo", isEcho(text, asked.question) && 0.2);
}

/** Up to what lists and tables have nothing is taken off. */
function repetitionFactor(share: number): number {
  if (share === 1) return 0.2;
  return share <= 0.45 ? 1 : Math.max(0.3, 1 - (share - 0.45) * 2);
}

function garbageOf(text: string): number {
  let broken = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit === 0xfffd || (unit < 32 && unit !== 9 && unit !== 10 && unit !== 13)) broken += 1;
  }
  return broken / text.length;
}

/** Whether an answer long enough to tell is in another language than a question that asks for none. */
function speaksOtherwise(text: string, question: string): boolean {
  const prose = text.replace(/```[\s\S]*?(?:```|$)|`[^`\n]*`/g, " ");
  if (wordsOf(prose).length < LEAST_WORDS.answer || wordsOf(question).length < LEAST_WORDS.question) return false;
  if (NAMES_A_LANGUAGE.test(question)) return false;
  const [spoken, expected] = [detectLanguage(prose), detectLanguage(question)];
  return spoken !== "" && expected !== "" && spoken !== expected;
}

function placeholderFactor(text: string, question: string): number {
  if (WANTS_PLACEHOLDERS.test(question)) return 1;
  const lowered = question.toLowerCase();
  const found = text.match(PLACEHOLDERS)?.filter((one) => !lowered.includes(one.toLowerCase())).length ?? 0;
  if (found === 0) return 1;
  return found < 3 ? 0.7 : 0.45;
}

/** Whether an answer is little more than words of the question in their order. */
function isEcho(text: string, question: string): boolean {
  const [answered, asked] = [wordsOf(text), wordsOf(question.slice(0, 2 * LOOKED_AT))];
  if (answered.length < LEAST_WORDS.echo || answered.length * 2 < asked.length || WANTS_ECHO.test(question)) return false;
  const grams = new Set<string>();
  for (let index = 0; index + GRAM <= asked.length; index++) grams.add(asked.slice(index, index + GRAM).join(" "));
  let shared = 0;
  for (let index = 0; index + GRAM <= answered.length; index++) if (grams.has(answered.slice(index, index + GRAM).join(" "))) shared += 1;
  return shared / (answered.length - GRAM + 1) >= 0.8;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
