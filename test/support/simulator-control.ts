/** A request that the simulator received. */
export interface Received {
  readonly id: number;
  readonly provider: string;
  readonly model: string;
  readonly stream: boolean;
  readonly receivedAt: number;
  readonly abortedAt?: number | null;
  readonly outcome: string;
}

/** Scripts the simulated providers from outside, over their control API. */
export function simulatorControl(url: string) {
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body), headers: { "content-type": "application/json" } };
    const response = await fetch(`${url}/control${path}`, init);
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    const text = await response.text();
    return text === "" ? undefined : JSON.parse(text);
  };
  return {
    setFaults: (faults: readonly Record<string, unknown>[]) => call("PUT", "/faults", { faults }),
    clearFaults: () => call("DELETE", "/faults"),
    setModel: (provider: string, model: string, settings: Record<string, unknown>) => call("PUT", `/models/${provider}/${model}`, settings),
    clearModels: () => call("DELETE", "/models"),
    clearRequests: () => call("DELETE", "/requests"),
    /** Requests for answers; checks of providers name no model and are left out. */
    async requests(): Promise<Received[]> {
      const listed = (await call("GET", "/requests")) as { requests: Received[] } | Received[];
      return (Array.isArray(listed) ? listed : listed.requests).filter(({ model }) => Boolean(model));
    },
  };
}
