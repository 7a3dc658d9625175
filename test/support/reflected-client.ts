import * as grpc from "@grpc/grpc-js";
import { create, createFileRegistry, fromBinary, fromJson, type DescService, type JsonValue, toBinary, toJson } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { loadSync } from "@grpc/proto-loader";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const reflectionProto = join(dirname(createRequire(import.meta.url).resolve("@grpc/reflection/package.json")), "build/proto/grpc/reflection/v1/reflection.proto");

interface ReflectionAnswer {
  readonly file_descriptor_response?: { readonly file_descriptor_proto: Buffer[] };
  readonly list_services_response?: { readonly service: readonly { readonly name: string }[] };
}
type ReflectionStream = grpc.ClientDuplexStream<Record<string, unknown>, ReflectionAnswer>;

/** A client that knows nothing but an address: it learns the services from the server's reflection. */
export interface ReflectedClient {
  readonly services: readonly string[];
  unary(method: string, request: JsonValue, options?: grpc.CallOptions): Promise<JsonValue>;
  stream(method: string, request: JsonValue, options?: grpc.CallOptions): AsyncIterable<JsonValue>;
  close(): void;
}

/** Learns a service by reflection. */
export async function reflect(address: string, service: string): Promise<ReflectedClient> {
  const definition = grpc.loadPackageDefinition(loadSync(reflectionProto, { keepCase: true })) as unknown as {
    grpc: { reflection: { v1: { ServerReflection: grpc.ServiceClientConstructor } } };
  };
  const client = new definition.grpc.reflection.v1.ServerReflection(address, grpc.credentials.createInsecure());
  const ask = (request: Record<string, unknown>) =>
    new Promise<ReflectionAnswer>((resolve, reject) => {
      const stream = (client as unknown as { ServerReflectionInfo(): ReflectionStream }).ServerReflectionInfo();
      stream.once("data", resolve);
      stream.once("error", reject);
      stream.write(request);
      stream.end();
    });
  const files = new Map<string, ReturnType<typeof create<typeof FileDescriptorProtoSchema>>>();
  const collect = async (request: Record<string, unknown>): Promise<void> => {
    const answer = await ask(request);
    for (const bytes of answer.file_descriptor_response?.file_descriptor_proto ?? []) {
      const file = fromBinary(FileDescriptorProtoSchema, bytes);
      if (files.has(file.name)) continue;
      files.set(file.name, file);
      for (const dependency of file.dependency) if (!files.has(dependency)) await collect({ file_by_filename: dependency });
    }
  };
  const listed = await ask({ list_services: "" });
  await collect({ file_containing_symbol: service });
  client.close();
  const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: sorted(files) }));
  const described = registry.getService(service);
  if (described === undefined) throw new Error(`reflection does not know ${service}`);
  return { services: listed.list_services_response?.service.map(({ name }) => name) ?? [], ...callsOf(address, described) };
}

/** Files after those that they need. */
function sorted(files: ReadonlyMap<string, ReturnType<typeof create<typeof FileDescriptorProtoSchema>>>) {
  const done = new Set<string>();
  const result: ReturnType<typeof create<typeof FileDescriptorProtoSchema>>[] = [];
  const visit = (name: string) => {
    const file = files.get(name);
    if (file === undefined || done.has(name)) return;
    done.add(name);
    file.dependency.forEach(visit);
    result.push(file);
  };
  for (const name of files.keys()) visit(name);
  return result;
}

function callsOf(address: string, service: DescService) {
  const client = new grpc.Client(address, grpc.credentials.createInsecure());
  const of = (name: string) => {
    const method = service.methods.find((one) => one.name === name);
    if (method === undefined) throw new Error(`no method ${name}`);
    return {
      path: `/${service.typeName}/${name}`,
      write: (json: JsonValue) => Buffer.from(toBinary(method.input, fromJson(method.input, json))),
      read: (bytes: Buffer) => toJson(method.output, fromBinary(method.output, bytes)),
    };
  };
  return {
    unary(name: string, request: JsonValue, options: grpc.CallOptions = {}): Promise<JsonValue> {
      const { path, write, read } = of(name);
      return new Promise((resolve, reject) => {
        client.makeUnaryRequest(path, write, read, request, new grpc.Metadata(), options, (error, response) =>
          error === null ? resolve(response as JsonValue) : reject(error),
        );
      });
    },
    stream(name: string, request: JsonValue, options: grpc.CallOptions = {}): AsyncIterable<JsonValue> {
      const { path, write, read } = of(name);
      return client.makeServerStreamRequest(path, write, read, request, new grpc.Metadata(), options);
    },
    close: () => client.close(),
  };
}
