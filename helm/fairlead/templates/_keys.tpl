{{/* Name of the Secret that the external secrets of an adapter become. Takes root and name. */}}
{{- define "fairlead.externalKeysName" -}}
{{ include "fairlead.componentName" . }}-keys
{{- end -}}

{{/* Projected source of one key. Takes root, name of the component, key (its reference), entry (its key where it is external) and path. */}}
{{- define "fairlead.keySource" -}}
- secret:
    {{- if .key.remoteRef }}
    name: {{ include "fairlead.externalKeysName" . }}
    items:
      - key: {{ .entry }}
        path: {{ .path }}
    {{- else }}
    name: {{ .key.secretName }}
    items:
      - key: {{ .key.secretKey | default "api-key" }}
        path: {{ .path }}
    {{- end }}
{{- end -}}

{{/* Volumes of an adapter's keys: files, which are followed when they change. Takes root and component. */}}
{{- define "fairlead.keyVolumes" -}}
{{- $scope := dict "root" .root "name" .component.name -}}
{{- $adapter := .component.adapter -}}
{{- if not $adapter.simulated -}}
{{- with $adapter.keys }}
- name: keys
  projected:
    defaultMode: 0440
    sources:
      {{- range $index, $key := . }}
      {{- $entry := printf "key-%02d" $index }}
      {{- include "fairlead.keySource" (merge (dict "key" $key "entry" $entry "path" $entry) $scope) | nindent 6 }}
      {{- end }}
{{- end }}
{{- with $adapter.deploymentKeys }}
- name: deployment-keys
  projected:
    defaultMode: 0440
    sources:
      {{- range $deployment, $key := . }}
      {{- include "fairlead.keySource" (merge (dict "key" $key "entry" (printf "deployment-%s" $deployment) "path" $deployment) $scope) | nindent 6 }}
      {{- end }}
{{- end }}
{{- end -}}
{{- end -}}

{{/* Where an adapter's keys are mounted. Takes the adapter. */}}
{{- define "fairlead.keyMounts" -}}
{{- if not .simulated -}}
{{- if .keys }}
- name: keys
  mountPath: /var/run/fairlead/keys
  readOnly: true
{{- end }}
{{- if .deploymentKeys }}
- name: deployment-keys
  mountPath: /var/run/fairlead/deployment-keys
  readOnly: true
{{- end }}
{{- end -}}
{{- end -}}

{{/* Entries of the external secret of an adapter. Takes the adapter. */}}
{{- define "fairlead.externalEntries" -}}
{{- $entries := list -}}
{{- range $index, $key := .keys -}}
{{- if $key.remoteRef -}}
{{- $entries = append $entries (dict "secretKey" (printf "key-%02d" $index) "remoteRef" $key.remoteRef) -}}
{{- end -}}
{{- end -}}
{{- range $deployment, $key := .deploymentKeys -}}
{{- if $key.remoteRef -}}
{{- $entries = append $entries (dict "secretKey" (printf "deployment-%s" $deployment) "remoteRef" $key.remoteRef) -}}
{{- end -}}
{{- end -}}
{{- toYaml $entries -}}
{{- end -}}
