import { runAdapter } from "@fairlead/adapter-kit/run-adapter";
import { adapter } from "./service.ts";

await runAdapter(adapter);
