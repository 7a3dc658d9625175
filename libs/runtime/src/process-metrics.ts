import { totalmem } from "node:os";
import { getHeapStatistics } from "node:v8";
import { Gauge, type Registry } from "prom-client";

/** Tells the bounds of the process's memory, which say what its use means. */
export function measureBounds(registry: Registry): void {
  const gauge = (name: string, help: string, bytes: number) => new Gauge({ name, help, registers: [registry] }).set(bytes);
  gauge("fairlead_heap_limit_bytes", "Bytes that the heap may grow to before the process ends.", getHeapStatistics().heap_size_limit);
  gauge("fairlead_memory_limit_bytes", "Bytes that the process's container may use; without a limit those of the machine.", memoryLimit());
}

/** Tells whether the process can do its work. */
export function measureReadiness(registry: Registry, ready: () => boolean): void {
  new Gauge({
    name: "fairlead_ready",
    help: "1 while the process can do its work, 0 while it cannot.",
    registers: [registry],
    collect() {
      this.set(ready() ? 1 : 0);
    },
  });
}

/** Node tells 0 where it knows of no limit, and a number beyond all memory where the system sets none. */
function memoryLimit(): number {
  const limit = process.constrainedMemory();
  return limit > 0 && limit < totalmem() ? limit : totalmem();
}
