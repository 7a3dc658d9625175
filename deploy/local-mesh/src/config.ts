import { defineConfig } from "@fairlead/runtime/config";
import { z } from "zod";

const port = z.coerce.number().int().min(0).max(65_535);

/** Where a mesh on this machine listens and keeps its state. */
export const localMeshConfig = defineConfig({
  section: "localMesh",
  schema: z.strictObject({
    dataDir: z.string().min(1).default(".fairlead/mesh"),
    /** 0 takes a free one. */
    httpPort: port.default(8080),
    /** Of the router; 0 takes a free one. */
    grpcPort: port.default(50_051),
  }),
  environment: { FAIRLEAD_DATA_DIR: "dataDir", FAIRLEAD_HTTP_PORT: "httpPort", FAIRLEAD_GRPC_PORT: "grpcPort" },
});
