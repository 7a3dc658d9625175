import type { WantedAlert } from "./plan-alerts.ts";

const PREFIX = "price_unknown/";

/** The alert about a model whose price is not known: unknown is not free, so the model is not chosen. */
export function priceAlert(provider: string, model: string): WantedAlert {
  const name = `${provider}/${model}`;
  return {
    alertId: `${PREFIX}${name}`,
    occasion: "",
    severity: "warning",
    begun: `The price of ${name} is not known, so it gets no requests.`,
    over: `The price of ${name} is known, or it is no longer offered.`,
    labels: { provider, model },
  };
}

/** "provider/model" that an alert is about; undefined for an alert about something else. */
export function modelOfPriceAlert(alertId: string): string | undefined {
  return alertId.startsWith(PREFIX) ? alertId.slice(PREFIX.length) : undefined;
}
