import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Destination, keyOf } from "./destination.ts";
import { type Mesh, startMesh } from "./mesh.ts";
import { SLICINGS } from "./slicing.ts";
import { prepareAdapter, type PreparedAdapter } from "./prepare-adapter.ts";

/** The meshes of a run, one for each destination. */
export interface Meshes extends AsyncDisposable {
  /**
   * The mesh of a destination; the same one again unless a new one is asked for.
   *
   * @throws NoAdapter where there is no such adapter, or it does not start
   */
  open(destination: Destination, fresh: boolean): Promise<Mesh>;
}

/**
 * @param upstreamUrl stands in the place of every provider
 * @param modelsOf    models that a destination must offer
 */
export function createMeshes(upstreamUrl: string, modelsOf: (destination: Destination) => ReadonlySet<string>): Meshes {
  const folder = mkdtempSync(join(tmpdir(), "fairlead-recorded-"));
  const adapters = new Map<string, Promise<PreparedAdapter>>();
  const meshes = new Map<string, Promise<Mesh>>();
  const fresh = createBatches(start);

  async function start(destination: Destination): Promise<Mesh> {
    const prepared = kept(adapters, keyOf(destination), () =>
      prepareAdapter(destination, upstreamUrl, join(folder, `models-${adapters.size}.yaml`), modelsOf(destination)),
    );
    return startMesh(await prepared);
  }

  return {
    open: (destination, wantsFresh) =>
      wantsFresh ? fresh.next(destination) : kept(meshes, keyOf(destination), () => start(destination)),
    async [Symbol.asyncDispose]() {
      await Promise.all([...meshes.values()].map(closed));
      await fresh.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Meshes that are used once: one for each way of cutting, started together, because their parts take a while to find each other. */
function createBatches(start: (destination: Destination) => Promise<Mesh>) {
  let key = "";
  let batch: Promise<Mesh>[] = [];
  let used = 0;
  return {
    async next(destination: Destination): Promise<Mesh> {
      if (key !== keyOf(destination) || used === batch.length) {
        await Promise.all(batch.map(closed));
        [key, used, batch] = [keyOf(destination), 0, SLICINGS.map(() => start(destination))];
      }
      return batch[used++] ?? start(destination);
    },
    async close(): Promise<void> {
      await Promise.all(batch.map(closed));
    },
  };
}

/** Closes a mesh; one that did not start needs none. */
async function closed(mesh: Promise<Mesh>): Promise<void> {
  await mesh.then(
    (started) => started.close(),
    () => undefined,
  );
}

function kept<T>(known: Map<string, T>, key: string, make: () => T): T {
  let found = known.get(key);
  if (found === undefined) known.set(key, (found = make()));
  return found;
}
