import { toJson } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import type { AdaptationLog } from "./adaptations.ts";

/**
 * Fields of the caller's dialect that the contract does not know: those of the provider's own dialect as they go into the
 * body, all others reported as dropped. A name that the adapter writes itself is dropped as well.
 */
export function passUnknownFields(
  request: ChatRequest,
  dialect: string,
  written: Readonly<Record<string, unknown>>,
  log: AdaptationLog,
): Record<string, unknown> {
  const passed: Record<string, unknown> = {};
  request.unknownFields.forEach((field, index) => {
    if (field.dialect !== dialect) log.dropped(`unknown_fields[${index}]`, `The provider does not speak ${field.dialect}.`);
    else if (field.name in written || field.name === "__proto__") log.dropped(`unknown_fields[${index}]`, "The field is set from the request.");
    else if (field.value !== undefined) passed[field.name] = toJson(ValueSchema, field.value);
  });
  return passed;
}
