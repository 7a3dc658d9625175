{{/*
Not empty where an adapter runs: it has a key, is simulated, or needs no key and knows its server. One that is asked for by `enabled: true` and has none
of these is refused. Takes root, provider and entry.
*/}}
{{- define "fairlead.adapterRuns" -}}
{{- $entry := .entry -}}
{{- if ne (toString $entry.enabled) "false" -}}
{{- $path := printf "adapters.%s" .provider -}}
{{- if and $entry.simulated (not .root.Values.simulator.enabled) -}}
{{- fail (printf "%s.simulated: there is no simulator; set simulator.enabled" $path) -}}
{{- end -}}
{{- if and $entry.simulated (empty $entry.simulatorPath) -}}
{{- fail (printf "%s.simulated: the simulator does not speak for this provider; see simulatorPath" $path) -}}
{{- end -}}
{{- $served := or $entry.baseUrl (dig "config" "deployments" "" $entry) -}}
{{- if or $entry.simulated $entry.keys $entry.deploymentKeys (and $entry.keyless $served) -}}
{{- if and $entry.keyless (not $entry.simulated) (not $entry.egress) .root.Values.networkPolicy.enabled -}}
{{- fail (printf "%s.egress: the server is one of your own; say which peers and ports the network policy lets through" $path) -}}
{{- end -}}
yes
{{- else if $entry.enabled -}}
{{- if $entry.keyless -}}
{{- fail (printf "%s.baseUrl: the adapter is enabled and has no address; say where its server is" $path) -}}
{{- end -}}
{{- fail (printf "%s.keys: the adapter is enabled and has no key; name a Secret or an external secret" $path) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Beginning of an adapter's environment variables. Takes the adapter. */}}
{{- define "fairlead.variablePrefix" -}}
{{- dig "variables" "prefix" "" . | default (.provider | upper | replace "-" "_") -}}
{{- end -}}

{{/* Variable that holds an adapter's key; with _FILE behind it, the file. Takes the adapter. */}}
{{- define "fairlead.keyVariable" -}}
{{- dig "variables" "key" "" . | default (printf "%s_API_KEY" (include "fairlead.variablePrefix" .)) -}}
{{- end -}}

{{/* Variable that holds the address of an adapter's server. Takes the adapter. */}}
{{- define "fairlead.baseUrlVariable" -}}
{{- dig "variables" "baseUrl" "" . | default (printf "%s_BASE_URL" (include "fairlead.variablePrefix" .)) -}}
{{- end -}}

{{/* Variables of an adapter. Takes root and component. */}}
{{- define "fairlead.adapterEnvironment" -}}
{{- $adapter := .component.adapter -}}
{{- $prefix := include "fairlead.variablePrefix" $adapter -}}
- name: FAIRLEAD_ADVERTISED_ADDRESS
  value: {{ include "fairlead.target" (dict "root" .root "name" .component.name) }}
{{- if eq $adapter.service "adapter-openai-compatible" }}
- name: FAIRLEAD_OPENAI_COMPATIBLE_PROVIDER
  value: {{ $adapter.provider }}
{{- end }}
{{- if $adapter.simulated }}
- name: {{ include "fairlead.baseUrlVariable" $adapter }}
  value: http://{{ include "fairlead.host" (dict "root" .root "name" "provider-simulator") }}:{{ include "fairlead.port.simulator" .root }}{{ $adapter.simulatorPath }}
# The simulator takes any key; the adapter wants one.
- name: {{ include "fairlead.keyVariable" $adapter }}
  value: simulated
- name: {{ $prefix }}_SIMULATED
  value: "true"
- name: {{ $prefix }}_PROPAGATE_TRACE
  value: "true"
{{- else }}
{{- with $adapter.baseUrl }}
- name: {{ include "fairlead.baseUrlVariable" $adapter }}
  value: {{ . | quote }}
{{- end }}
{{- if $adapter.keys }}
- name: {{ include "fairlead.keyVariable" $adapter }}_FILE
  value: /var/run/fairlead/keys
{{- end }}
{{- end }}
{{- if $adapter.models }}
- name: {{ $prefix }}_MODELS_FILE
  value: /etc/fairlead/models.yaml
{{- end }}
{{- end -}}
