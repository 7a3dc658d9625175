{{/* Keys that are no longer there, and what takes their place. Each is also in the schema, so that this message is what one reads. */}}
{{- define "fairlead.removedKeys" -}}
replicaCount: defaults.replicas, or replicas of one service
resources: defaults.resources, or resources of one service
autoscaling: defaults.autoscaling, or autoscaling of one service
ingress: edge.ingress
serviceMonitor: monitoring.serviceMonitor
providerKeys: adapters.<provider>.keys
natsUrl: nats.external
redisUrl: redis.external
{{- end -}}

{{/* Refuses values that hold such a key. Takes root. */}}
{{- define "fairlead.refuseRemovedKeys" -}}
{{- range $key, $instead := include "fairlead.removedKeys" . | fromYaml -}}
{{- if hasKey $.Values $key -}}
{{- fail (printf "%s: there is no such key any more; use %s (see UPGRADING.md)" $key $instead) -}}
{{- end -}}
{{- end -}}
{{- end -}}
