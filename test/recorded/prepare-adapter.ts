import type { AdapterProgram } from "@fairlead/adapter-kit/adapter-program";
import type { Adapter, AdapterDependencies } from "@fairlead/adapter-kit/create-adapter-service";
import { testDependencies } from "@fairlead/adapter-kit/testing/adapter-client";
import type { ModelDescription } from "@fairlead/contracts/adapter/v1/model";
import { ConfigError } from "@fairlead/runtime/config";
import type { Destination } from "./destination.ts";
import { TRAITS, writeModelsFile } from "./models-file.ts";
import { loadAdapter, ownModels, settingsOf } from "./open-adapter.ts";

/** Makes an adapter that is prepared, as often as it is wanted. */
export type PreparedAdapter = (dependencies: AdapterDependencies) => Adapter;

/** Says that there is no such adapter, or that it does not start, and why. */
export class NoAdapter extends Error {}

/**
 * Prepares the adapter of a destination.
 *
 * @param upstreamUrl stands in the place of every provider
 * @param file        models file to write
 * @param models      names of the models that it must offer
 * @throws NoAdapter
 */
export async function prepareAdapter(
  destination: Destination,
  upstreamUrl: string,
  file: string,
  models: ReadonlySet<string>,
): Promise<PreparedAdapter> {
  try {
    return await prepare(destination, upstreamUrl, file, models);
  } catch (error) {
    if (error instanceof NoAdapter) throw error;
    const reason = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    throw new NoAdapter(`adapter-${destination.adapter} does not start: ${reason}`);
  }
}

async function prepare(
  destination: Destination,
  upstreamUrl: string,
  file: string,
  models: ReadonlySet<string>,
): Promise<PreparedAdapter> {
  const baseUrl = `${upstreamUrl}${destination.basePath}`;
  const program = await loadAdapter(destination, baseUrl);
  if (program === undefined) throw new NoAdapter(`there is no services/adapter-${destination.adapter}`);
  // Servers are not asked which models they have.
  const wanted = { apiKey: "recorded-key", baseUrl, apiVersion: destination.apiVersion || undefined, pollSeconds: 0 };
  const known = await modelsKnownTo(program, wanted);
  // Some adapters offer only what is told a name.
  const modelNames = known === undefined ? Object.fromEntries([...models].map((model) => [model, model])) : undefined;
  const settings = settingsOf(program, { ...wanted, modelsFile: file, modelNames });
  const about = { file, models, known: known ?? [], own: ownModels(destination), byResponses: destination.api === "responses" };
  for (const traits of TRAITS) {
    writeModelsFile(about, traits);
    if ((await modelsKnownTo(program, settings)) !== undefined) break;
  }
  return (dependencies) => program.create(settings, dependencies);
}

/** What the adapter offers with these settings; undefined where it does not start with them. */
async function modelsKnownTo(
  program: AdapterProgram,
  settings: Readonly<Record<string, unknown>>,
): Promise<readonly ModelDescription[] | undefined> {
  try {
    const plain = program.create(settingsOf(program, settings), testDependencies());
    const { models } = plain.description;
    await plain.close();
    return models;
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}
