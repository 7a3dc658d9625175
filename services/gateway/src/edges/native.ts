import { type DescMessage, fromJson, type JsonObject, type JsonValue, type MessageShape, ScalarType, toJson } from "@bufbuild/protobuf";
import { BalancingService } from "@fairlead/contracts/balancing/v1/balancing_service";
import { CostService } from "@fairlead/contracts/cost/v1/cost_service";
import { ErrorCode, ErrorDetailSchema } from "@fairlead/contracts/errors/v1/error";
import { ExecutionService } from "@fairlead/contracts/execution/v1/execution_service";
import { ReplayService } from "@fairlead/contracts/replay/v1/replay_service";
import { LearningService } from "@fairlead/contracts/routing/v1/learning_service";
import { RouterService } from "@fairlead/contracts/routing/v1/router_service";
import { SlaService } from "@fairlead/contracts/sla/v1/sla_service";
import { type CallContext, carriedMethods, type CarriedMethod, type Client, type ServiceDescriptor } from "@fairlead/rpc/call";
import { asFairleadError, failure } from "@fairlead/rpc/fairlead-error";
import { validate } from "@fairlead/rpc/validate";
import type { Exchange, Handle } from "../http/exchange.ts";
import { readJson } from "../http/read-json.ts";
import { beginEvents, respondJson, writeText } from "../http/respond.ts";
import type { Route } from "../http/router-table.ts";

/** The services that the native paths call. */
export interface NativeServices {
  readonly router: Client<typeof RouterService>;
  readonly learning: Client<typeof LearningService>;
  readonly execution: Client<typeof ExecutionService>;
  readonly balancing: Client<typeof BalancingService>;
  readonly cost: Client<typeof CostService>;
  readonly replay: Client<typeof ReplayService>;
  readonly sla: Client<typeof SlaService>;
}

interface NativePath {
  readonly method: Route["method"];
  readonly path: string;
  readonly service: ServiceDescriptor;
  readonly client: keyof NativeServices;
  readonly rpc: string;
  /** Dotted field of the request that an open word of the path fills. */
  readonly fills?: Readonly<Record<string, string>>;
}

const PATHS: readonly NativePath[] = [
  { method: "POST", path: "/api/v1/generate", service: RouterService, client: "router", rpc: "generate" },
  { method: "POST", path: "/api/v1/generate/stream", service: RouterService, client: "router", rpc: "generateStream" },
  { method: "POST", path: "/api/v1/explain", service: RouterService, client: "router", rpc: "explain" },
  { method: "POST", path: "/api/v1/embed", service: RouterService, client: "router", rpc: "embed" },
  { method: "GET", path: "/api/v1/models", service: RouterService, client: "router", rpc: "listModels" },
  { method: "POST", path: "/api/v1/feedback", service: RouterService, client: "router", rpc: "submitFeedback" },
  { method: "GET", path: "/api/v1/learned", service: LearningService, client: "learning", rpc: "listLearned" },
  { method: "POST", path: "/api/v1/learned/reset", service: LearningService, client: "learning", rpc: "resetLearned" },
  { method: "GET", path: "/api/v1/targets", service: BalancingService, client: "balancing", rpc: "listTargets" },
  { method: "GET", path: "/api/v1/health", service: SlaService, client: "sla", rpc: "listHealth" },
  { method: "GET", path: "/api/v1/sla/levels", service: SlaService, client: "sla", rpc: "listServiceLevels" },
  { method: "GET", path: "/api/v1/sla/report", service: SlaService, client: "sla", rpc: "getComplianceReport" },
  { method: "GET", path: "/api/v1/sla/explain", service: SlaService, client: "sla", rpc: "explainBreach" },
  { method: "GET", path: "/api/v1/sla/anomalies", service: SlaService, client: "sla", rpc: "listAnomalies" },
  { method: "GET", path: "/api/v1/alerts", service: SlaService, client: "sla", rpc: "listAlerts" },
  { method: "POST", path: "/api/v1/alerts/acknowledge", service: SlaService, client: "sla", rpc: "acknowledgeAlert" },
  { method: "GET", path: "/api/v1/metrics/summary", service: SlaService, client: "sla", rpc: "getMetricsSummary" },
  { method: "POST", path: "/api/v1/metrics/reset", service: SlaService, client: "sla", rpc: "resetMetricsSummary" },
  { method: "POST", path: "/api/v1/metrics/snapshots", service: SlaService, client: "sla", rpc: "createMetricsSnapshot" },
  { method: "GET", path: "/api/v1/metrics/snapshots", service: SlaService, client: "sla", rpc: "listMetricsSnapshots" },
  {
    method: "GET",
    path: "/api/v1/metrics/snapshots/{name}",
    service: SlaService,
    client: "sla",
    rpc: "getMetricsSnapshot",
    fills: { name: "name" },
  },
  { method: "GET", path: "/api/v1/circuits", service: ExecutionService, client: "execution", rpc: "listCircuits" },
  { method: "POST", path: "/api/v1/circuits/reset", service: ExecutionService, client: "execution", rpc: "resetCircuit" },
  { method: "GET", path: "/api/v1/spend", service: CostService, client: "cost", rpc: "getSpend" },
  { method: "POST", path: "/api/v1/quote", service: CostService, client: "cost", rpc: "quote" },
  { method: "GET", path: "/api/v1/forecast", service: CostService, client: "cost", rpc: "getForecast" },
  { method: "GET", path: "/api/v1/arbitrage", service: CostService, client: "cost", rpc: "listArbitrage" },
  { method: "POST", path: "/api/v1/replay", service: ReplayService, client: "replay", rpc: "replayDecisions" },
  { method: "GET", path: "/api/v1/budgets", service: CostService, client: "cost", rpc: "listBudgets" },
  {
    method: "PUT",
    path: "/api/v1/budgets/{budget_id}",
    service: CostService,
    client: "cost",
    rpc: "putBudget",
    fills: { budget_id: "budget.budget_id" },
  },
  {
    method: "DELETE",
    path: "/api/v1/budgets/{budget_id}",
    service: CostService,
    client: "cost",
    rpc: "deleteBudget",
    fills: { budget_id: "budget_id" },
  },
];

type Untyped = Record<string, (request: unknown, options: CallContext) => unknown>;

/** Native paths: the RPCs as plain JSON, in the JSON form of their contracts. Queries fill fields, dotted where nested. */
export function nativeRoutes(services: NativeServices, maxBodyBytes: number): Route[] {
  return PATHS.map((native) => {
    const method = carriedMethods(native.service).find(({ localName }) => localName === native.rpc);
    if (method === undefined) throw new Error(`no such method: ${native.rpc}`);
    return { method: native.method, path: native.path, errors: "native", handle: transcode(native, method, services, maxBodyBytes) };
  });
}

function transcode(native: NativePath, method: CarriedMethod, services: NativeServices, maxBodyBytes: number): Handle {
  const client = services[native.client] as unknown as Untyped;
  return async (exchange) => {
    const takesBody = native.method === "POST" || native.method === "PUT";
    const json = takesBody ? asObject(await readJson(exchange.request, maxBodyBytes)) : withBooleans(method.input, fromQuery(new URLSearchParams(exchange.query)));
    for (const [word, field] of Object.entries(native.fills ?? {})) assign(json, field, exchange.parameters[word] ?? "");
    const request = read(method.input, json);
    validate(method.input, request);
    const answer = client[native.rpc]?.(request, exchange.call);
    if (method.methodKind === "unary") respondJson(exchange.response, 200, toJson(method.output, (await answer) as MessageShape<DescMessage>));
    else await stream(exchange, method.output, answer as AsyncIterable<MessageShape<DescMessage>>);
  };
}

async function stream({ response, call }: Exchange, schema: DescMessage, messages: AsyncIterable<MessageShape<DescMessage>>): Promise<void> {
  let begun = false;
  const begin = () => {
    if (!begun) beginEvents(response, {});
    begun = true;
  };
  const held: string[] = [];
  try {
    for await (const message of messages) {
      held.push(event("message", toJson(schema, message)));
      // The first message only tells the decision: with it alone a failure can still have a status of its own.
      if (!begun && held.length < 2) continue;
      begin();
      await writeText(response, held.splice(0).join(""), call.signal);
    }
    begin();
    response.end(held.join("") + event("end", {}));
  } catch (thrown) {
    if (!begun) throw thrown;
    const { detail } = asFairleadError(thrown);
    if (!response.destroyed) response.end(event("error", toJson(ErrorDetailSchema, detail)));
  }
}

function event(name: string, data: JsonValue): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

function read<D extends DescMessage>(schema: D, json: JsonValue): MessageShape<D> {
  try {
    return fromJson(schema, json);
  } catch (error) {
    throw invalidJson(error);
  }
}

/** The library names the field in its text: `cannot decode field a.b.C.name from JSON: ...`. */
function invalidJson(error: unknown) {
  const text = error instanceof Error ? error.message : "";
  const field = /field (?:[\w.]+\.)?(\w+)/.exec(text)?.[1] ?? /key "([\w]+)"/.exec(text)?.[1] ?? "body";
  const description = "does not fit the contract";
  return failure(ErrorCode.INVALID_REQUEST, `${field}: ${description}`, { violations: [{ field, description, rule: "fairlead.json" }] });
}

function asObject(json: unknown): JsonObject {
  if (typeof json === "object" && json !== null && !Array.isArray(json)) return json as JsonObject;
  const violations = [{ field: "body", description: "must be a JSON object", rule: "fairlead.json" }];
  throw failure(ErrorCode.INVALID_REQUEST, "body: must be a JSON object", { violations });
}

function fromQuery(query: URLSearchParams): JsonObject {
  const json: JsonObject = {};
  for (const [field, value] of query) assign(json, field, value);
  return json;
}

/** The words true and false stand for themselves where a field is a boolean; in JSON they would be texts. */
function withBooleans(schema: DescMessage, json: JsonObject): JsonObject {
  for (const field of schema.fields) {
    if (field.fieldKind !== "scalar" || field.scalar !== ScalarType.BOOL) continue;
    for (const name of [field.name, field.jsonName]) if (json[name] === "true" || json[name] === "false") json[name] = json[name] === "true";
  }
  return json;
}

function assign(json: JsonObject, field: string, value: string): void {
  const words = field.split(".");
  const last = words.pop() ?? field;
  let at = json;
  for (const word of words) {
    const inner = Object.hasOwn(at, word) ? at[word] : undefined;
    at = typeof inner === "object" && inner !== null && !Array.isArray(inner) ? inner : ((at[word] = {}) as JsonObject);
  }
  at[last] = value;
}
