import { toJson } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import type { AdaptationLog } from "./adaptations.ts";

const NONE: ReadonlySet<string> = new Set();

/**
 * Fields of the caller's dialect that the contract does not know: those of the provider's own dialect as they go into the
 * body, all others reported as dropped. A name that the adapter writes itself is dropped as well, unless it is replaceable.
 *
 * @param replaceable names under which a caller of the dialect keeps a whole field that holds more than the contract knows,
 *   such as `tools`; its value stands in place of what the adapter writes
 */
export function passUnknownFields(
  request: Pick<ChatRequest, "unknownFields">,
  dialect: string,
  written: Readonly<Record<string, unknown>>,
  log: AdaptationLog,
  replaceable: ReadonlySet<string> = NONE,
): Record<string, unknown> {
  const passed: Record<string, unknown> = {};
  request.unknownFields.forEach((field, index) => {
    const own = (field.name in written && !replaceable.has(field.name)) || field.name === "__proto__";
    if (field.dialect !== dialect) log.dropped(`unknown_fields[${index}]`, `The provider does not speak ${field.dialect}.`);
    else if (own) log.dropped(`unknown_fields[${index}]`, "The field is set from the request.");
    else if (field.value !== undefined) passed[field.name] = toJson(ValueSchema, field.value);
  });
  return passed;
}
