{{/* One side of a rule: the pods of a component of this release. Takes root and name. */}}
{{- define "fairlead.peer" -}}
- podSelector:
    matchLabels:
      {{- include "fairlead.selectorLabels" . | nindent 6 }}
{{- end -}}

{{/* One TCP port. */}}
{{- define "fairlead.tcp" -}}
- port: {{ . }}
  protocol: TCP
{{- end -}}

{{/* Names of the components that a component calls by gRPC, as a list. Takes component and components. */}}
{{- define "fairlead.callees" -}}
{{- $names := .component.edges.calls | default list -}}
{{- if .component.edges.callsAdapters -}}
{{- range .components -}}
{{- if eq .kind "adapter" }}{{ $names = append $names .name }}{{ end -}}
{{- end -}}
{{- end -}}
{{- toYaml $names -}}
{{- end -}}

{{/* Names of the components that call a component by gRPC, as a list. Takes component and components. */}}
{{- define "fairlead.callers" -}}
{{- $names := list -}}
{{- range .components -}}
{{- $callees := include "fairlead.callees" (dict "component" . "components" $.components) | fromYamlArray -}}
{{- if has $.component.name $callees }}{{ $names = append $names .name }}{{ end -}}
{{- end -}}
{{- toYaml $names -}}
{{- end -}}

{{/* What may reach a component. Takes root, component and components. */}}
{{- define "fairlead.ingress" -}}
{{- $policy := .root.Values.networkPolicy -}}
{{- $name := .component.name -}}
{{- if eq .component.kind "simulator" }}
{{- range .components }}
{{- if and (eq .kind "adapter") (dig "simulated" false (.adapter | default dict)) }}
- from:
    {{- include "fairlead.peer" (dict "root" $.root "name" .name) | nindent 4 }}
  ports:
    {{- include "fairlead.tcp" (include "fairlead.port.simulator" $.root) | nindent 4 }}
{{- end }}
{{- end }}
{{- else }}
{{- range include "fairlead.callers" . | fromYamlArray }}
- from:
    {{- include "fairlead.peer" (dict "root" $.root "name" .) | nindent 4 }}
  ports:
    {{- include "fairlead.tcp" (include "fairlead.port.grpc" $.root) | nindent 4 }}
{{- end }}
{{- if eq $name "gateway" }}
{{- with concat $policy.ingressController $policy.gatewayClients }}
- from:
    {{- toYaml . | nindent 4 }}
  ports:
    {{- include "fairlead.tcp" (include "fairlead.port.http" $.root) | nindent 4 }}
{{- end }}
- from:
    {{- include "fairlead.peer" (dict "root" .root "name" "test") | nindent 4 }}
  ports:
    {{- include "fairlead.tcp" (include "fairlead.port.http" .root) | nindent 4 }}
{{- end }}
{{- if eq $name "router" }}
{{- with ternary (concat $policy.ingressController $policy.routerClients) $policy.routerClients .root.Values.edge.grpc.enabled }}
- from:
    {{- toYaml . | nindent 4 }}
  ports:
    {{- include "fairlead.tcp" (include "fairlead.port.grpc" $.root) | nindent 4 }}
{{- end }}
{{- end }}
{{- with $policy.monitoring }}
- from:
    {{- toYaml . | nindent 4 }}
  ports:
    {{- include "fairlead.tcp" (include "fairlead.port.metrics" $.root) | nindent 4 }}
{{- end }}
{{- end }}
{{- end -}}

{{/* What a component may reach. Takes root, component and components. */}}
{{- define "fairlead.egress" -}}
{{- if ne .component.kind "simulator" }}
{{- include "fairlead.dnsEgress" .root }}
{{- range include "fairlead.callees" . | fromYamlArray }}
- to:
    {{- include "fairlead.peer" (dict "root" $.root "name" .) | nindent 4 }}
  ports:
    {{- include "fairlead.tcp" (include "fairlead.port.grpc" $.root) | nindent 4 }}
{{- end }}
{{- range $dependency, $port := dict "nats" "4222" "redis" "6379" }}
{{- if get $.component.edges $dependency }}
{{- include "fairlead.dependencyEgress" (dict "root" $.root "name" $dependency "port" $port) }}
{{- end }}
{{- end }}
{{- include "fairlead.collectorEgress" .root }}
{{- if eq .component.kind "adapter" }}
{{- include "fairlead.providerEgress" . }}
{{- end }}
{{- if and (eq .component.name "sla-monitor") (dig "config" "webhooks" "" .root.Values.services.slaMonitor) }}
{{- include "fairlead.openEgress" .root.Values.networkPolicy.webhooks }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Peers and ports as they are configured. */}}
{{- define "fairlead.openEgress" }}
- to:
    {{- toYaml .to | nindent 4 }}
  ports:
    {{- toYaml .ports | nindent 4 }}
{{- end -}}

{{- define "fairlead.dnsEgress" }}
{{- include "fairlead.openEgress" .Values.networkPolicy.dns }}
{{- end -}}

{{/* NATS or Redis. Takes root, name and port. */}}
{{- define "fairlead.dependencyEgress" }}
{{- if (index .root.Values .name).builtIn.enabled }}
- to:
    {{- include "fairlead.peer" (dict "root" .root "name" .name) | nindent 4 }}
  ports:
    {{- include "fairlead.tcp" .port | nindent 4 }}
{{- else }}
{{- include "fairlead.openEgress" (index .root.Values.networkPolicy .name) }}
{{- end }}
{{- end -}}

{{/* Where traces go. Takes root. */}}
{{- define "fairlead.collectorEgress" }}
{{- if .Values.telemetry.otlpEndpoint }}
{{- include "fairlead.openEgress" .Values.networkPolicy.collector }}
{{- else if .Values.jaeger.enabled }}
- to:
    {{- include "fairlead.peer" (dict "root" . "name" "jaeger") | nindent 4 }}
  ports:
    {{- include "fairlead.tcp" "4318" | nindent 4 }}
{{- end }}
{{- end -}}

{{/* An adapter's provider: outside the cluster, or its own server, or the simulator. Takes root and component. */}}
{{- define "fairlead.providerEgress" }}
{{- if .component.adapter.simulated }}
- to:
    {{- include "fairlead.peer" (dict "root" .root "name" "provider-simulator") | nindent 4 }}
  ports:
    {{- include "fairlead.tcp" (include "fairlead.port.simulator" .root) | nindent 4 }}
{{- else }}
{{- include "fairlead.openEgress" (.component.adapter.egress | default .root.Values.networkPolicy.providers) }}
{{- end }}
{{- end -}}
