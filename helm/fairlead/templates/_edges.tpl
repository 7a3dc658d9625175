{{/*
Who calls whom: the one place from which peers' addresses, connections to NATS and Redis, and network policies are made.
`calls` are services by gRPC, `callsAdapters` means every adapter.
*/}}
{{- define "fairlead.edges" -}}
gateway:
  calls: [router, fallback-manager, load-balancer, cost-optimizer, sla-monitor]
router:
  calls: [fallback-manager, load-balancer, cost-optimizer, sla-monitor]
  nats: true
  redis: true
fallback-manager:
  calls: [load-balancer]
  callsAdapters: true
  nats: true
  redis: true
load-balancer:
  nats: true
  redis: true
cost-optimizer:
  nats: true
  redis: true
sla-monitor:
  calls: [cost-optimizer]
  callsAdapters: true
  nats: true
  redis: true
{{- end -}}

{{/* Words with dashes to words with humps, as the services' sections of the configuration are named. */}}
{{- define "fairlead.section" -}}
{{- . | replace "-" " " | title | replace " " "" | untitle -}}
{{- end -}}
