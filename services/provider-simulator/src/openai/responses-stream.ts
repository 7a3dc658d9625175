import type { Answer, ToolCall } from "../answer/plan-answer.ts";
import { splitText } from "../answer/split-text.ts";
import { countTokens } from "../answer/tokens.ts";
import { enclose } from "../http/enclose.ts";
import { EVENT_STREAM, type StreamReply } from "../http/reply.ts";
import type { Timing } from "../models/answer-settings.ts";
import { errorObject, STREAM_FAILURE } from "./errors.ts";
import { type ItemIds, itemIds } from "./item-ids.ts";
import {
  callItem,
  contentPart,
  finalStatus,
  messageItem,
  outputItems,
  reasoningItem,
  type ResponseHead,
  responseObject,
  summaryPart,
  wantsSummary,
} from "./response-object.ts";

export interface ResponseStream {
  readonly head: ResponseHead;
  readonly answer: Answer;
  readonly usage: object;
  readonly chunks: number | undefined;
  readonly timing: Timing;
}

/** Numbers the events of one stream as it writes them. */
type WriteEvent = (type: string, fields: object) => string;

/** A response as typed server-sent events; its end is `response.completed` or `response.incomplete`. */
export function streamResponse(stream: ResponseStream): StreamReply {
  const { head, answer } = stream;
  const ids = itemIds(head.id);
  const event = eventWriter();
  const started = responseObject(head, "in_progress", [], null);
  let opening = event("response.created", { response: started }) + event("response.in_progress", { response: started });
  if (answer.thinking !== "") opening += reasoningEvents(event, ids, answer, head);
  const first = answer.thinking === "" ? 0 : 1;
  const chunks =
    answer.calls.length > 0
      ? answer.calls.flatMap((call, index) => callEvents(event, ids, call, first + index))
      : textEvents(event, ids, stream, first);
  const status = finalStatus(answer);
  const response = responseObject(head, status, outputItems(ids, answer, head), stream.usage);
  return {
    kind: "stream",
    contentType: EVENT_STREAM,
    opening,
    chunks,
    closing: event(`response.${status}`, { response }),
    timing: stream.timing,
    failure: () => failureEvents(event, head),
    broken: 'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","delta":"\n\n',
  };
}

function eventWriter(): WriteEvent {
  let sequence = 0;
  return (type, fields) => {
    const rest = JSON.stringify(fields).slice(1, -1);
    return `event: ${type}\ndata: {"type":"${type}",${rest},"sequence_number":${sequence++}}\n\n`;
  };
}

function reasoningEvents(event: WriteEvent, ids: ItemIds, answer: Answer, head: ResponseHead): string {
  const place = { item_id: ids.reasoning, output_index: 0, summary_index: 0 };
  const item = reasoningItem(ids, answer, head);
  const added = event("response.output_item.added", { output_index: 0, item: { ...item, summary: [] } });
  const text = answer.thinking;
  const summary = wantsSummary(head.body)
    ? event("response.reasoning_summary_part.added", { ...place, part: summaryPart("") }) +
      splitText(text, 4)
        .map((delta) => event("response.reasoning_summary_text.delta", { ...place, delta }))
        .join("") +
      event("response.reasoning_summary_text.done", { ...place, text }) +
      event("response.reasoning_summary_part.done", { ...place, part: summaryPart(text) })
    : "";
  return added + summary + event("response.output_item.done", { output_index: 0, item });
}

function textEvents(event: WriteEvent, ids: ItemIds, stream: ResponseStream, index: number): readonly string[] {
  const { answer } = stream;
  const place = { item_id: ids.message, output_index: index, content_index: 0 };
  const refuses = answer.finish === "refusal";
  const type = refuses ? "response.refusal" : "response.output_text";
  const extra = refuses ? {} : { logprobs: [] };
  const item = { ...messageItem(ids, answer), status: "in_progress", content: [] };
  const added =
    event("response.output_item.added", { output_index: index, item }) +
    event("response.content_part.added", { ...place, part: contentPart(answer, "") });
  const pieces = splitText(answer.text, stream.chunks ?? countTokens(answer.text));
  const deltas = pieces.map((delta) => event(`${type}.delta`, { ...place, delta, ...extra }));
  const done =
    event(`${type}.done`, { ...place, [refuses ? "refusal" : "text"]: answer.text, ...extra }) +
    event("response.content_part.done", { ...place, part: contentPart(answer, answer.text) }) +
    event("response.output_item.done", { output_index: index, item: messageItem(ids, answer) });
  return enclose(added, deltas, done);
}

function callEvents(event: WriteEvent, ids: ItemIds, call: ToolCall, index: number): readonly string[] {
  const place = { item_id: ids.call(call.key), output_index: index };
  const item = callItem(ids, call);
  const opened = { ...item, status: "in_progress", arguments: "" };
  const added = event("response.output_item.added", { output_index: index, item: opened });
  const deltas = splitText(call.json, countTokens(call.json)).map((delta) => {
    return event("response.function_call_arguments.delta", { ...place, delta });
  });
  const done =
    event("response.function_call_arguments.done", { ...place, name: call.name, arguments: call.json }) +
    event("response.output_item.done", { output_index: index, item });
  return enclose(added, deltas, done);
}

function failureEvents(event: WriteEvent, head: ResponseHead): string {
  const { message } = STREAM_FAILURE;
  const failed = {
    ...responseObject(head, "failed", [], null),
    completed_at: null,
    error: { code: "server_error", message },
  };
  return event("error", { error: errorObject(STREAM_FAILURE) }) + event("response.failed", { response: failed });
}
