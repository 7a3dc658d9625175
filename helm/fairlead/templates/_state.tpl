{{/*
Connections to NATS and Redis: the chart's own, for development, or others, whose address is a Secret or, without credentials, a value.
*/}}

{{/* Refuses a dependency that is there twice or not at all. Takes root and name (nats or redis). */}}
{{- define "fairlead.checkDependency" -}}
{{- $dependency := index .root.Values .name -}}
{{- $external := or $dependency.external.url $dependency.external.existingSecret.name -}}
{{- if and $dependency.builtIn.enabled $external -}}
{{- fail (printf "%s: builtIn.enabled and external are both set; choose one" .name) -}}
{{- end -}}
{{- if not (or $dependency.builtIn.enabled $external) -}}
{{- fail (printf "%s: there is none; name the Secret with its address in %s.external.existingSecret.name, or set %s.builtIn.enabled for development" .name .name .name) -}}
{{- end -}}
{{- if and $dependency.external.url $dependency.external.existingSecret.name $dependency.external.existingSecret.urlKey -}}
{{- fail (printf "%s.external: url and existingSecret.urlKey are both set; leave one of them empty" .name) -}}
{{- end -}}
{{- end -}}

{{/* Address of a dependency that is no secret; empty where a file holds it. Takes root, name and port. */}}
{{- define "fairlead.plainUrl" -}}
{{- $dependency := index .root.Values .name -}}
{{- if $dependency.builtIn.enabled -}}
{{ .name }}://{{ include "fairlead.host" (dict "root" .root "name" .name) }}:{{ .port }}
{{- else -}}
{{ $dependency.external.url }}
{{- end -}}
{{- end -}}

{{/* Variables of one dependency. Takes root, name and port. */}}
{{- define "fairlead.dependencyEnvironment" -}}
{{- include "fairlead.checkDependency" . -}}
{{- $variable := printf "FAIRLEAD_%s" (upper .name) -}}
{{- $secret := (index .root.Values .name).external.existingSecret -}}
{{- with include "fairlead.plainUrl" . }}
- name: {{ $variable }}_URL
  value: {{ . | quote }}
{{- else }}
- name: {{ $variable }}_URL_FILE
  value: /var/run/fairlead/{{ .name }}/url
{{- end }}
{{- if and $secret.name $secret.credsKey }}
- name: {{ $variable }}_CREDS_FILE
  value: /var/run/fairlead/{{ .name }}/creds
{{- end }}
{{- end -}}

{{/* Variables of NATS and Redis for a component that uses them. Takes root and component. */}}
{{- define "fairlead.stateEnvironment" -}}
{{- $edges := .component.edges -}}
{{- if $edges.nats }}
{{- include "fairlead.dependencyEnvironment" (dict "root" .root "name" "nats" "port" "4222") }}
- name: FAIRLEAD_NATS_STREAM_REPLICAS
  value: {{ .root.Values.nats.streams.replicas | quote }}
- name: FAIRLEAD_NATS_STREAM_MAX_BYTES
  value: {{ .root.Values.nats.streams.maxBytes | int64 | quote }}
{{- end }}
{{- if $edges.redis }}
{{- include "fairlead.dependencyEnvironment" (dict "root" .root "name" "redis" "port" "6379") }}
{{- end }}
{{- if and .root.Values.trustedCa.name (or $edges.nats $edges.redis) }}
- name: NODE_EXTRA_CA_CERTS
  value: /var/run/fairlead/trust/ca.crt
{{- end }}
{{- end -}}

{{/* Volumes of a component that uses NATS and Redis. Takes root and component. */}}
{{- define "fairlead.stateVolumes" -}}
{{- range $name := list "nats" "redis" }}
{{- $secret := (index $.root.Values $name).external.existingSecret }}
{{- if and (get $.component.edges $name) $secret.name }}
- name: {{ $name }}
  secret:
    secretName: {{ $secret.name }}
    defaultMode: 0440
    items:
      {{- with $secret.urlKey }}
      - key: {{ . }}
        path: url
      {{- end }}
      {{- with $secret.credsKey }}
      - key: {{ . }}
        path: creds
      {{- end }}
{{- end }}
{{- end }}
{{- with .root.Values.trustedCa }}
{{- if and .name (or $.component.edges.nats $.component.edges.redis) }}
- name: trust
  {{- if eq .kind "Secret" }}
  secret:
    secretName: {{ .name }}
  {{- else }}
  configMap:
    name: {{ .name }}
  {{- end }}
    items:
      - key: {{ .key }}
        path: ca.crt
{{- end }}
{{- end }}
{{- end -}}

{{/* Where they are mounted. Takes root and component. */}}
{{- define "fairlead.stateMounts" -}}
{{- range $name := list "nats" "redis" }}
{{- if and (get $.component.edges $name) (index $.root.Values $name).external.existingSecret.name }}
- name: {{ $name }}
  mountPath: /var/run/fairlead/{{ $name }}
  readOnly: true
{{- end }}
{{- end }}
{{- if and .root.Values.trustedCa.name (or .component.edges.nats .component.edges.redis) }}
- name: trust
  mountPath: /var/run/fairlead/trust
  readOnly: true
{{- end }}
{{- end -}}
