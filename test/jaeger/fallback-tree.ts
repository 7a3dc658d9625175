/** The whole tree of a request that falls back once, from openai to anthropic, as `shapeOf` writes it. */
export function fallbackTree(requested: string, stream: boolean): string[] {
  const kind = stream ? "Stream" : "";
  return `
gateway server POST /v1/chat/completions
  gateway client fairlead.routing.v1.RouterService/Generate${kind}
    router server fairlead.routing.v1.RouterService/Generate${kind}
      router client fairlead.execution.v1.ExecutionService/Execute${kind}
        fallback-manager server fairlead.execution.v1.ExecutionService/Execute${kind}
          fallback-manager internal fairlead.attempt
            fallback-manager client fairlead.adapter.v1.AdapterService/Chat${kind}
              adapter-anthropic server fairlead.adapter.v1.AdapterService/Chat${kind}
                adapter-anthropic client chat claude-haiku-4-5
                  adapter-anthropic client POST
            fallback-manager producer send fairlead.v1.health.attempt.anthropic
              load-balancer consumer process fairlead.v1.health.attempt.anthropic
              sla-monitor consumer process fairlead.v1.health.attempt.anthropic
          fallback-manager internal fairlead.attempt (failed)
            fallback-manager client fairlead.adapter.v1.AdapterService/Chat${kind} (failed)
              adapter-openai server fairlead.adapter.v1.AdapterService/Chat${kind} (failed)
                adapter-openai client chat ${requested} (failed)
                  adapter-openai client POST (failed)
            fallback-manager producer send fairlead.v1.health.attempt.openai
              load-balancer consumer process fairlead.v1.health.attempt.openai
              sla-monitor consumer process fairlead.v1.health.attempt.openai
          fallback-manager producer send fairlead.v1.cost.incurred.traced
            cost-optimizer consumer process fairlead.v1.cost.incurred.traced
      router internal fairlead.decide
      router producer send fairlead.v1.decision.made.traced
        cost-optimizer consumer process fairlead.v1.decision.made.traced
`
    .trim()
    .split("\n");
}
