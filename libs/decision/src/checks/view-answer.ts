import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import type { ChatResponse } from "@fairlead/contracts/chat/v1/chat_response";
import type { Part } from "@fairlead/contracts/chat/v1/content";
import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";

/** A tool call as checks see it. */
export interface CallView {
  name: string;
  argumentsJson: string;
}

/** One choice of an answer as checks see it: what it says, and how it ended. */
export interface AnswerView {
  text: string;
  /** True when a part of it is marked as a refusal. */
  refused: boolean;
  finish: FinishReason;
  calls: CallView[];
  /** True when it holds pictures, sound, files or blocks of a dialect that say something to its callers alone. */
  media: boolean;
}

/** The choices of a whole answer. */
export function viewAnswers(response: ChatResponse): AnswerView[] {
  return response.choices.map((choice) => {
    const view = emptyView();
    for (const part of choice.parts) addPart(view, part);
    view.finish = choice.finishReason;
    return view;
  });
}

/** Adds the steps of a stream to the choices seen so far. */
export function gatherDeltas(views: AnswerView[], deltas: readonly ChatDelta[]): void {
  for (const { choiceIndex, step } of deltas) {
    switch (step.case) {
      case "text":
        viewAt(views, choiceIndex).text += step.value;
        break;
      case "refusal":
        viewAt(views, choiceIndex).refused = true;
        break;
      case "toolCallStarted":
        viewAt(views, choiceIndex).calls[step.value.index] = { name: step.value.name, argumentsJson: "" };
        break;
      case "toolCallArguments": {
        const call = viewAt(views, choiceIndex).calls[step.value.index];
        if (call !== undefined) call.argumentsJson += step.value.fragment;
        break;
      }
      case "part":
        addPart(viewAt(views, choiceIndex), step.value);
        break;
      case "finished":
        viewAt(views, choiceIndex).finish = step.value.reason;
        break;
      default:
        break;
    }
  }
}

function emptyView(): AnswerView {
  return { text: "", refused: false, finish: FinishReason.UNSPECIFIED, calls: [], media: false };
}

/** Choices are numbered without gaps, but the second may begin before the first. */
function viewAt(views: AnswerView[], index: number): AnswerView {
  while (views.length <= index && views.length < MAX_CHOICES) views.push(emptyView());
  return views[index] ?? emptyView();
}

/** As many as a request may ask for. */
const MAX_CHOICES = 16;

function addPart(view: AnswerView, { content }: Part): void {
  if (content.case === "text") view.text += content.value.text;
  else if (content.case === "refusal") view.refused = true;
  else if (content.case === "toolCall") view.calls.push({ name: content.value.name, argumentsJson: content.value.argumentsJson });
  else if (content.case === "image" || content.case === "audio" || content.case === "file" || content.case === "foreign") view.media = true;
}
