{{/* Labels by which a component's pods are chosen; they never change. Takes root and name. */}}
{{- define "fairlead.selectorLabels" -}}
app.kubernetes.io/name: {{ include "fairlead.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .name }}
{{- end -}}

{{/* Labels of a component's pods: without the chart's version, which would restart them. Takes root and name. */}}
{{- define "fairlead.podLabels" -}}
{{ include "fairlead.selectorLabels" . }}
app.kubernetes.io/part-of: {{ include "fairlead.name" .root }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Labels of every object. Takes root and name. */}}
{{- define "fairlead.labels" -}}
{{ include "fairlead.podLabels" . }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* Name, namespace, labels and annotations of an object. Takes root, name of the component, and optionally suffix and annotations. */}}
{{- define "fairlead.metadata" -}}
{{- $own := include "fairlead.componentName" . -}}
name: {{ empty .suffix | ternary $own (printf "%s-%s" $own (.suffix | default "")) }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "fairlead.labels" . | nindent 2 }}
{{- with merge (dict) (.annotations | default dict) .root.Values.commonAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* The same for an object that belongs to no component. Takes root, name (whole), component (for its label), and optionally labels and annotations. */}}
{{- define "fairlead.releaseMetadata" -}}
name: {{ .name }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "fairlead.labels" (dict "root" .root "name" .component) | nindent 2 }}
  {{- with .labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with merge (dict) (.annotations | default dict) .root.Values.commonAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
