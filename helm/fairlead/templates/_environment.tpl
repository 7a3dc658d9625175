{{/* Environment of a component's container. Takes root and component. */}}
{{- define "fairlead.environment" -}}
- name: NODE_OPTIONS
  value: {{ include "fairlead.nodeOptions" .component.settings }}
{{- if eq .component.kind "simulator" }}
{{ include "fairlead.simulatorEnvironment" . }}
{{- else }}
{{ include "fairlead.processEnvironment" . }}
{{ include "fairlead.telemetryEnvironment" . }}
{{- include "fairlead.peersEnvironment" . }}
{{- include "fairlead.stateEnvironment" . }}
{{- include "fairlead.tlsEnvironment" . }}
{{- if eq .component.name "gateway" }}
- name: FAIRLEAD_HTTP_HOST
  value: {{ .root.Values.listenHost | quote }}
- name: FAIRLEAD_HTTP_PORT
  value: {{ include "fairlead.port.http" .root | quote }}
{{- end }}
{{- if eq .component.name "router" }}
- name: FAIRLEAD_RULES_FILE
  value: /etc/fairlead/rules.yaml
{{- end }}
{{- if eq .component.kind "adapter" }}
{{ include "fairlead.adapterEnvironment" . }}
{{- end }}
{{- end }}
{{- with .component.settings.env }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* What every process of the mesh is told. */}}
{{- define "fairlead.processEnvironment" -}}
{{- $settings := .component.settings -}}
{{- range $part := list "grpc" "health" "admin" }}
- name: FAIRLEAD_{{ upper $part }}_HOST
  value: {{ $.root.Values.listenHost | quote }}
- name: FAIRLEAD_{{ upper $part }}_PORT
  value: {{ include (printf "fairlead.port.%s" (eq $part "admin" | ternary "metrics" $part)) $.root | quote }}
{{- end }}
- name: FAIRLEAD_INSTANCE
  valueFrom:
    fieldRef:
      fieldPath: metadata.name
- name: FAIRLEAD_LOG_LEVEL
  value: {{ $settings.logLevel }}
- name: FAIRLEAD_LAME_DUCK_MS
  value: {{ $settings.shutdown.lameDuckMs | int64 | quote }}
- name: FAIRLEAD_DRAIN_MS
  value: {{ $settings.shutdown.drainMs | int64 | quote }}
- name: FAIRLEAD_MAX_CONNECTION_AGE_MS
  value: {{ $settings.maxConnectionAgeMs | int64 | quote }}
- name: FAIRLEAD_CONFIG
  value: /etc/fairlead/config.yaml
{{- end -}}

{{/* Where traces go, and which pod they come from. */}}
{{- define "fairlead.telemetryEnvironment" -}}
{{- $telemetry := .root.Values.telemetry -}}
- name: POD_NAMESPACE
  valueFrom:
    fieldRef:
      fieldPath: metadata.namespace
- name: NODE_NAME
  valueFrom:
    fieldRef:
      fieldPath: spec.nodeName
- name: OTEL_RESOURCE_ATTRIBUTES
  value: service.namespace={{ include "fairlead.fullname" .root }},service.version={{ .root.Chart.AppVersion }},k8s.namespace.name=$(POD_NAMESPACE),k8s.node.name=$(NODE_NAME),k8s.pod.name=$(FAIRLEAD_INSTANCE),k8s.deployment.name={{ include "fairlead.componentName" (dict "root" .root "name" .component.name) }}
    {{- range $name, $value := $telemetry.resourceAttributes }},{{ $name }}={{ $value }}{{ end }}
{{- with include "fairlead.otlpEndpoint" .root }}
- name: OTEL_EXPORTER_OTLP_ENDPOINT
  value: {{ . }}
- name: OTEL_TRACES_SAMPLER
  value: {{ $telemetry.sampler }}
- name: OTEL_TRACES_SAMPLER_ARG
  value: {{ $telemetry.samplerArgument | quote }}
{{- end }}
{{- end -}}

{{/* Where traces go: what is configured, or the chart's own Jaeger. Empty: nowhere. */}}
{{- define "fairlead.otlpEndpoint" -}}
{{- if .Values.telemetry.otlpEndpoint -}}
{{- .Values.telemetry.otlpEndpoint -}}
{{- else if .Values.jaeger.enabled -}}
http://{{ include "fairlead.host" (dict "root" . "name" "jaeger") }}:4318
{{- end -}}
{{- end -}}

{{/* Targets of the services that a component calls. */}}
{{- define "fairlead.peersEnvironment" -}}
{{- range .component.edges.calls }}
- name: FAIRLEAD_{{ upper . | replace "-" "_" }}
  value: {{ include "fairlead.target" (dict "root" $.root "name" .) }}
{{- end }}
{{- end -}}

{{/* Variables of the simulator of providers. */}}
{{- define "fairlead.simulatorEnvironment" -}}
- name: FAIRLEAD_SIMULATOR_HOST
  value: {{ .root.Values.listenHost | quote }}
- name: FAIRLEAD_SIMULATOR_PORT
  value: {{ include "fairlead.port.simulator" .root | quote }}
- name: FAIRLEAD_SIMULATOR_SPEED
  value: {{ .root.Values.simulator.speed | quote }}
- name: FAIRLEAD_SIMULATOR_SEED
  value: {{ .root.Values.simulator.seed | int64 | quote }}
{{- end -}}
