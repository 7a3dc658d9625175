{{/* A component's own section of the configuration. Takes root and component. */}}
{{- define "fairlead.config" -}}
{{- $component := .component -}}
{{- if eq $component.kind "service" -}}
{{- $section := include "fairlead.section" $component.name -}}
{{- dict $section ((index .root.Values.services $section).config | default dict) | toYaml -}}
{{- else -}}
{{- include "fairlead.adapterConfig" $component.adapter -}}
{{- end -}}
{{- end -}}

{{/* An adapter's section; places with a key of their own get the name of its file. Takes the adapter. */}}
{{- define "fairlead.adapterConfig" -}}
{{- $adapter := . -}}
{{- $config := $adapter.config | default dict -}}
{{- if and $adapter.deploymentKeys (not $adapter.simulated) -}}
{{- $names := list -}}
{{- $deployments := list -}}
{{- range $deployment := $config.deployments | default list -}}
{{- $names = append $names $deployment.name -}}
{{- $file := dict -}}
{{- if hasKey $adapter.deploymentKeys $deployment.name -}}
{{- $file = dict "apiKeyFile" (printf "/var/run/fairlead/deployment-keys/%s" $deployment.name) -}}
{{- end -}}
{{- $deployments = append $deployments (merge $file $deployment) -}}
{{- end -}}
{{- range $name, $key := $adapter.deploymentKeys -}}
{{- if not (has $name $names) -}}
{{- fail (printf "adapters.%s.deploymentKeys.%s: config.deployments has no deployment of this name" $adapter.provider $name) -}}
{{- end -}}
{{- end -}}
{{- $config = merge (dict "deployments" $deployments) $config -}}
{{- end -}}
{{- $section := include "fairlead.section" $adapter.service -}}
{{- if eq $adapter.service "adapter-openai-compatible" -}}
{{- $server := merge (dict "provider" $adapter.provider) (ternary (dict "keyless" true) dict (eq (toString $adapter.keyless) "true")) ($adapter.server | default dict) -}}
{{- dict $section (dict "providers" (list $server)) (printf "%s.%s" $section $adapter.provider) $config | toYaml -}}
{{- else -}}
{{- dict $section $config | toYaml -}}
{{- end -}}
{{- end -}}

{{/* Name of the ConfigMap with the routing rules. Takes root. */}}
{{- define "fairlead.rulesName" -}}
{{- .Values.routing.existingConfigMap | default (printf "%s-routing-rules" (include "fairlead.fullname" .)) -}}
{{- end -}}

{{/* Volume of a component's configuration: one folder, whose files follow their ConfigMaps. Takes root and component. */}}
{{- define "fairlead.configVolume" -}}
- name: config
  projected:
    defaultMode: 0444
    sources:
      - configMap:
          name: {{ include "fairlead.componentName" (dict "root" .root "name" .component.name) }}
      {{- if eq .component.name "router" }}
      - configMap:
          name: {{ include "fairlead.rulesName" .root }}
          items:
            - key: {{ .root.Values.routing.existingConfigMapKey }}
              path: rules.yaml
      {{- end }}
{{- end -}}
