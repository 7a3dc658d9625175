{{/*
Everything that runs, as `components`: for each its name, kind (service, adapter or simulator), the service that is its image, its settings over
the defaults, and what it calls. An adapter has its entry's other keys as `adapter`.
*/}}
{{- define "fairlead.components" -}}
{{- include "fairlead.refuseRemovedKeys" . -}}
{{- $root := . -}}
{{- $components := list -}}
{{- range $name, $edges := include "fairlead.edges" . | fromYaml -}}
{{- $own := index $root.Values.services (include "fairlead.section" $name) -}}
{{- $settings := include "fairlead.settings" (dict "root" $root "own" $own) | fromYaml -}}
{{- $components = append $components (dict "name" $name "kind" "service" "service" $name "settings" $settings "edges" $edges) -}}
{{- end -}}
{{- range $provider, $entry := .Values.adapters -}}
{{- if include "fairlead.adapterRuns" (dict "root" $root "provider" $provider "entry" $entry) -}}
{{- $settings := include "fairlead.settings" (dict "root" $root "own" ($entry.workload | default dict)) | fromYaml -}}
{{- $adapter := merge (dict "provider" $provider) (omit $entry "workload") -}}
{{- $name := printf "adapter-%s" $provider -}}
{{- $components = append $components (dict "name" $name "kind" "adapter" "service" $entry.service "settings" $settings "adapter" $adapter "edges" (dict "nats" true)) -}}
{{- end -}}
{{- end -}}
{{- if .Values.simulator.enabled -}}
{{- $settings := include "fairlead.settings" (dict "root" $root "own" (omit .Values.simulator "enabled" "speed" "seed")) | fromYaml -}}
{{- $components = append $components (dict "name" "provider-simulator" "kind" "simulator" "service" "provider-simulator" "settings" $settings "edges" dict) -}}
{{- end -}}
{{- range $components -}}
{{- include "fairlead.refuseScaling" . -}}
{{- end -}}
{{- dict "components" $components | toYaml -}}
{{- end -}}

{{/* A component's own settings over the defaults. Lists and `null` of its own replace. Takes root and own. */}}
{{- define "fairlead.settings" -}}
{{- mustMergeOverwrite (deepCopy .root.Values.defaults) (deepCopy (omit .own "config")) | toYaml -}}
{{- end -}}
