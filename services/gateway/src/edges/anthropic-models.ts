import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { parseModelPage, toModelInfos, toModelPage } from "@fairlead/dialects/anthropic/model-list";
import { failure } from "@fairlead/rpc/fairlead-error";
import { toErrorAnswer } from "../http/error-answers.ts";
import type { Handle } from "../http/exchange.ts";
import { REQUEST_ID_HEADERS } from "../http/request-id.ts";
import { respondJson } from "../http/respond.ts";
import { accepted, type EdgeTools } from "./chat-edge.ts";

/** Answers callers of Anthropic's dialect, which shares the paths of models with OpenAI's; a header tells them apart. */
export function byClient(anthropic: Handle, openAi: Handle): Handle {
  return (exchange) => (exchange.request.headers["anthropic-version"] === undefined ? openAi(exchange) : anthropic(exchange));
}

/** Lists models as Anthropic does, page by page. */
export function listAnthropicModels(edge: EdgeTools): Handle {
  return inAnthropicForm(async ({ response, query, call }) => {
    const wanted = accepted(parseModelPage(query));
    respondJson(response, 200, toModelPage(toModelInfos(await edge.router.listModels({}, call)), wanted));
  });
}

/** Tells of one model as Anthropic does. */
export function tellAnthropicModel(edge: EdgeTools): Handle {
  return inAnthropicForm(async ({ response, parameters, call }) => {
    const found = toModelInfos(await edge.router.listModels({}, call)).find(({ id }) => id === parameters["model"]);
    if (found === undefined) throw modelNotFound();
    respondJson(response, 200, found);
  });
}

/** A route has one form of errors; on a shared one Anthropic's clients are answered in theirs. */
function inAnthropicForm(handle: Handle): Handle {
  return async (exchange) => {
    const { response, requestId } = exchange;
    response.setHeader(REQUEST_ID_HEADERS.anthropic, requestId);
    try {
      await handle(exchange);
    } catch (thrown) {
      const { status, body, headers } = toErrorAnswer(thrown, "anthropic", requestId);
      // A defect is for the log as well, which is kept elsewhere.
      if (status === 500) throw thrown;
      respondJson(response, status, body, headers);
    }
  };
}

function modelNotFound() {
  const description = "No provider of this mesh offers this model.";
  return failure(ErrorCode.MODEL_NOT_FOUND, `model: ${description}`, { violations: [{ field: "model", description, rule: "fairlead.routing" }] });
}
