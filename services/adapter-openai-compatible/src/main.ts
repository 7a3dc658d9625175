import { runAdapter } from "@fairlead/adapter-kit/run-adapter";
import { selectAdapter } from "./select-adapter.ts";

await runAdapter(selectAdapter);
