import { execFileSync } from "node:child_process";
import { clearField, create, type DescField, type DescMessage, fromBinary, getOption, hasOption, toBinary } from "@bufbuild/protobuf";
import { type FileDescriptorProto, FileDescriptorProtoSchema, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { field as fieldRules, file_buf_validate_validate } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { AdapterService } from "@fairlead/contracts/adapter/v1/adapter_service";
import { BalancingService } from "@fairlead/contracts/balancing/v1/balancing_service";
import { CostService } from "@fairlead/contracts/cost/v1/cost_service";
import { ExecutionService } from "@fairlead/contracts/execution/v1/execution_service";
import { RouterService } from "@fairlead/contracts/routing/v1/router_service";
import { SlaService } from "@fairlead/contracts/sla/v1/sla_service";

describe("the contracts", () => {
  it("state their rules by the same descriptor that the validator at run time reads", () => {
    const built = execFileSync("node_modules/.bin/buf", ["build", "proto", "--exclude-source-info", "-o", "-#format=binpb"]);
    const files = fromBinary(FileDescriptorSetSchema, built).file;
    const vendored = files.find(({ name }) => name === "buf/validate/validate.proto");
    expect(vendored).toBeDefined();
    expect(comparable(vendored as FileDescriptorProto)).toEqual(comparable(file_buf_validate_validate.proto));
  });

  it("bound every text, every list and every byte that a public request can carry", () => {
    const unbounded = new Set<string>();
    const seen = new Set<string>();
    for (const service of [RouterService, CostService]) for (const method of service.methods) visit(method.input, seen, unbounded);
    expect([...unbounded]).toEqual([]);
  });

  it("give every service a request of its own for every call", () => {
    const services = [RouterService, CostService, ExecutionService, BalancingService, SlaService, AdapterService];
    const inputs = services.flatMap((service) => service.methods.map(({ input }) => input.typeName));
    expect(new Set(inputs).size).toBe(inputs.length);
  });
});

/** Binary form without what only a compiler notes. */
function comparable(file: FileDescriptorProto): FileDescriptorProto {
  const copy = fromBinary(FileDescriptorProtoSchema, toBinary(FileDescriptorProtoSchema, create(FileDescriptorProtoSchema, file)));
  for (const name of ["sourceCodeInfo", "options"] as const) clearField(copy, FileDescriptorProtoSchema.field[name]);
  delete copy.$unknown;
  return copy;
}

function visit(message: DescMessage, seen: Set<string>, unbounded: Set<string>): void {
  if (seen.has(message.typeName) || message.typeName.startsWith("google.protobuf.")) return;
  seen.add(message.typeName);
  for (const field of message.fields) {
    if (!isBounded(field)) unbounded.add(`${message.typeName}.${field.name}`);
    const inner = field.message;
    if (inner !== undefined) visit(inner, seen, unbounded);
  }
}

function isBounded(field: DescField): boolean {
  const rules = hasOption(field, fieldRules) ? getOption(field, fieldRules).type : undefined;
  if (field.fieldKind === "list") return rules?.case === "repeated" && rules.value.maxItems > 0n;
  if (field.fieldKind === "map") return rules?.case === "map" && rules.value.maxPairs > 0n;
  if (field.fieldKind !== "scalar") return true;
  const name = field.scalar === 9 ? "string" : field.scalar === 12 ? "bytes" : undefined;
  if (name === undefined) return true;
  if (rules?.case === "string") return rules.value.maxLen > 0n || rules.value.maxBytes > 0n || rules.value.in.length > 0;
  return rules?.case === "bytes" && rules.value.maxLen > 0n;
}
