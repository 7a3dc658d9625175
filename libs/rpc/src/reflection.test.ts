import { create, createFileRegistry, fromBinary, getOption } from "@bufbuild/protobuf";
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { type FileDescriptorProto, FileDescriptorProtoSchema, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { Client, credentials } from "@grpc/grpc-js";
import { field as fieldRules } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { BalancingService } from "@fairlead/contracts/balancing/v1/balancing_service";
import { RouterService } from "@fairlead/contracts/routing/v1/router_service";
import { implement } from "./call.ts";
import { type GrpcServer, serveGrpc } from "./grpc-server.ts";

/** Field numbers of grpc.reflection.v1. */
const ASK = { fileByFilename: 3, fileContainingSymbol: 4, fileContainingExtension: 5, listServices: 7 } as const;
const ANSWER = { files: 4, services: 6, error: 7 } as const;

/** Fields of a message that hold bytes, by number. */
function bytesOf(message: Uint8Array): [number, Uint8Array][] {
  const reader = new BinaryReader(message);
  const fields: [number, Uint8Array][] = [];
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    if (type === WireType.LengthDelimited) fields.push([number, reader.bytes()]);
    else reader.skip(type);
  }
  return fields;
}

function field(message: Uint8Array, wanted: number): Uint8Array[] {
  return bytesOf(message).flatMap(([number, bytes]) => (number === wanted ? [bytes] : []));
}

/** What the files describe; imports have to come before what imports them. */
function registryOf(files: ReadonlyMap<string, FileDescriptorProto>) {
  const ordered = new Set<FileDescriptorProto>();
  const add = (file: FileDescriptorProto | undefined) => {
    if (file === undefined) return;
    for (const name of file.dependency) add(files.get(name));
    ordered.add(file);
  };
  for (const file of files.values()) add(file);
  return createFileRegistry(create(FileDescriptorSetSchema, { file: [...ordered] }));
}

describe.each(["v1", "v1alpha"])("server reflection %s", (version) => {
  let server: GrpcServer;
  let client: Client;

  beforeAll(async () => {
    const none = {} as never;
    server = await serveGrpc({ host: "127.0.0.1", port: 0, implementations: [implement(RouterService, none), implement(BalancingService, none)] });
    client = new Client(`127.0.0.1:${server.port}`, credentials.createInsecure());
  });

  afterAll(async () => {
    client.close();
    await server.close(1_000);
  });

  /** Asks one question as any client of the standard service would. */
  function ask(number: number, text: string): Promise<Uint8Array> {
    const question = new BinaryWriter().tag(number, WireType.LengthDelimited).string(text).finish();
    const path = `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`;
    return new Promise((resolve, reject) => {
      const call = client.makeBidiStreamRequest<Uint8Array, Uint8Array>(path, (bytes) => Buffer.from(bytes), (bytes) => bytes);
      call.on("data", resolve).on("error", reject);
      call.write(question);
      call.end();
    });
  }

  async function filesOf(number: number, name: string): Promise<FileDescriptorProto[]> {
    const answer = await ask(number, name);
    expect(field(answer, ANSWER.error)).toEqual([]);
    return field(answer, ANSWER.files).flatMap((files) => field(files, 1)).map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes));
  }

  /** All files that a client needs to know a service, fetched as grpcurl does: missing imports by their names. */
  async function fetchAll(symbol: string): Promise<Map<string, FileDescriptorProto>> {
    const known = new Map<string, FileDescriptorProto>();
    const add = (files: FileDescriptorProto[]) => files.forEach((file) => known.set(file.name, file));
    add(await filesOf(ASK.fileContainingSymbol, symbol));
    for (;;) {
      const missing = [...known.values()].flatMap(({ dependency }) => dependency).find((name) => !known.has(name));
      if (missing === undefined) return known;
      add(await filesOf(ASK.fileByFilename, missing));
    }
  }

  it("lists the services that are served, health among them", async () => {
    const answer = await ask(ASK.listServices, "*");
    const names = field(answer, ANSWER.services).flatMap((list) => field(list, 1)).map((service) => new TextDecoder().decode(field(service, 1)[0]));
    expect(names.sort()).toEqual(["fairlead.balancing.v1.BalancingService", "fairlead.routing.v1.RouterService", "grpc.health.v1.Health"]);
  });

  it("hands out every file that a service stands on, buf/validate among them, so that a client can build it", async () => {
    const files = await fetchAll("fairlead.routing.v1.RouterService");
    for (const name of ["fairlead/routing/v1/router_service.proto", "buf/validate/validate.proto", "google/protobuf/descriptor.proto"]) {
      expect([...files.keys()]).toContain(name);
    }
    const service = registryOf(files).getService("fairlead.routing.v1.RouterService");
    expect(service?.methods.map(({ name }) => name)).toEqual(RouterService.methods.map(({ name }) => name));
    const chat = service?.method["generate"]?.input.fields.find(({ name }) => name === "chat");
    expect(chat?.message?.fields.map(({ name }) => name)).toEqual(expect.arrayContaining(["model", "messages", "max_output_tokens"]));
  });

  it("keeps what the files say of optional fields and of limits", async () => {
    const [file] = await filesOf(ASK.fileByFilename, "fairlead/chat/v1/chat_request.proto");
    const request = file?.messageType.find(({ name }) => name === "ChatRequest");
    const tokens = request?.field.find(({ name }) => name === "max_output_tokens");
    expect(tokens?.proto3Optional).toBe(true);
    const registry = registryOf(await fetchAll("fairlead.chat.v1.ChatRequest"));
    const described = registry.getMessage("fairlead.chat.v1.ChatRequest")?.field["maxOutputTokens"];
    expect(described === undefined ? undefined : getOption(described, fieldRules).type).toMatchObject({ case: "uint32" });
  });

  it("says that a symbol is not there", async () => {
    expect(field(await ask(ASK.fileContainingSymbol, "fairlead.Nothing"), ANSWER.error)).toHaveLength(1);
  });
});
