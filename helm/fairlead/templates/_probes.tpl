{{/* Probes of a component: by gRPC on the health port, which is never encrypted; the simulator has only HTTP. Takes component. */}}
{{- define "fairlead.probes" -}}
{{- $probes := .component.settings.probes -}}
{{- if eq .component.kind "simulator" -}}
{{- $alive := dict "httpGet" (dict "path" "/control/stats" "port" "http") -}}
{{- dict "startupProbe" (merge (deepCopy $alive) $probes.startup) "livenessProbe" (merge (deepCopy $alive) $probes.liveness) "readinessProbe" (merge (deepCopy $alive) $probes.readiness) | toYaml -}}
{{- else -}}
{{- $port := include "fairlead.port.health" .root | int -}}
{{- $alive := dict "grpc" (dict "port" $port "service" "fairlead.liveness") -}}
{{- $ready := dict "grpc" (dict "port" $port "service" "") -}}
{{- dict "startupProbe" (merge (deepCopy $alive) $probes.startup) "livenessProbe" (merge (deepCopy $alive) $probes.liveness) "readinessProbe" (merge (deepCopy $ready) $probes.readiness) | toYaml -}}
{{- end -}}
{{- end -}}

{{/* Ports of a component's container. Takes root and component. */}}
{{- define "fairlead.containerPorts" -}}
{{- if eq .component.kind "simulator" -}}
- name: http
  containerPort: {{ include "fairlead.port.simulator" .root }}
{{- else -}}
{{- if eq .component.name "gateway" -}}
- name: http
  containerPort: {{ include "fairlead.port.http" .root }}
{{ end -}}
- name: grpc
  containerPort: {{ include "fairlead.port.grpc" .root }}
- name: health
  containerPort: {{ include "fairlead.port.health" .root }}
- name: metrics
  containerPort: {{ include "fairlead.port.metrics" .root }}
{{- end -}}
{{- end -}}
