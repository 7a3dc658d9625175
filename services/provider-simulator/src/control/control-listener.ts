import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import { readBody } from "../http/read-body.ts";
import { isObject } from "../json.ts";
import { InvalidControl, parse } from "./parse.ts";
import type { SimulatorControl } from "./simulator-control.ts";

const MOST_BYTES = 8 * 1024 * 1024;
const PLACE = /^\/control\/models\/([^/]+)\/([^/]+)$/;

interface ControlRequest {
  readonly body: unknown;
  readonly query: URLSearchParams;
}

type Act = (request: ControlRequest) => unknown;

const time = z.coerce.number().or(z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)));
const filterSchema = z.object({
  provider: z.string().optional(),
  since: time.optional(),
  after: z.coerce.number().optional(),
});
const faultsBody = z.strictObject({ faults: z.array(z.unknown()) });

/** Answers `/control/...` with JSON; what it does not know with 404, what it cannot read with 400 and the field. */
export function createControlListener(
  control: SimulatorControl,
): (request: IncomingMessage, response: ServerResponse) => void {
  const acts = actsOf(control);
  return (request, response) => {
    const url = URL.parse(request.url ?? "/", "http://simulator");
    const act =
      url === null
        ? undefined
        : (acts[`${request.method} ${url.pathname}`] ?? modelAct(control, request.method, url.pathname));
    if (url === null || act === undefined)
      return send(response, 404, { error: { message: "There is nothing here.", field: "path" } });
    readBody(request, MOST_BYTES, (bytes) => perform(act, bytes, url.searchParams, response));
  };
}

function actsOf(control: SimulatorControl): Readonly<Record<string, Act | undefined>> {
  return {
    "GET /control/faults": () => ({ faults: control.faults() }),
    "PUT /control/faults": ({ body }) => ({ faults: control.setFaults(parse(faultsBody, body).faults as never) }),
    "POST /control/faults": ({ body }) => ({ faults: control.addFault(body as never) }),
    "DELETE /control/faults": () => control.clearFaults(),
    "GET /control/models": () => ({ models: control.models() }),
    "DELETE /control/models": () => control.clearModels(),
    "GET /control/requests": ({ query }) => ({
      requests: control.requests(parse(filterSchema, Object.fromEntries(query))),
    }),
    "DELETE /control/requests": () => control.clearRequests(),
    "PUT /control/record": ({ body }) => control.record(body as never),
    "GET /control/stats": () => control.stats(),
  };
}

function modelAct(control: SimulatorControl, method: string | undefined, path: string): Act | undefined {
  const [, provider, model] = PLACE.exec(path) ?? [];
  if (method !== "PUT" || provider === undefined || model === undefined) return undefined;
  return ({ body, query }) => {
    control.setModel(decode(provider), decode(model), body as never, query.get("deployment") ?? "");
    return { models: control.models() };
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new InvalidControl("path", "is not well encoded");
  }
}

function perform(act: Act, bytes: Buffer | undefined, query: URLSearchParams, response: ServerResponse): void {
  if (bytes === undefined) return send(response, 413, { error: { message: "The body is too long.", field: "" } });
  try {
    send(response, 200, act({ body: readJson(bytes), query }) ?? {});
  } catch (thrown) {
    const known = thrown instanceof InvalidControl;
    const error = known
      ? { message: thrown.message, field: thrown.field }
      : { message: "The simulator failed.", field: "" };
    send(response, known ? 400 : 500, { error });
  }
}

function readJson(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined;
  try {
    const body: unknown = JSON.parse(bytes.toString("utf8"));
    if (isObject(body)) return body;
  } catch {
    // Told below together with every other body that is no object.
  }
  throw new InvalidControl("body", "must be a JSON object");
}

function send(response: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value);
  response.writeHead(status, ["content-type", "application/json", "content-length", String(Buffer.byteLength(body))]);
  response.end(body);
}
