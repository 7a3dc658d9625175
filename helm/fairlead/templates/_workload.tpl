{{/* Deployment of any component. Takes root and component. */}}
{{- define "fairlead.workload" -}}
{{- $scope := dict "root" .root "name" .component.name -}}
{{- $settings := .component.settings -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "fairlead.metadata" (merge (dict "annotations" $settings.annotations) $scope) | nindent 2 }}
spec:
  {{- if not (include "fairlead.isAutoscaled" $settings) }}
  replicas: {{ include "fairlead.replicas" $settings }}
  {{- end }}
  revisionHistoryLimit: 3
  strategy:
    type: RollingUpdate
    rollingUpdate:
      maxUnavailable: 0
      maxSurge: {{ $settings.maxSurge }}
  selector:
    matchLabels:
      {{- include "fairlead.selectorLabels" $scope | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "fairlead.podLabels" $scope | nindent 8 }}
        {{- with $settings.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- $annotations := dict }}
      {{- if ne .component.kind "simulator" }}
      {{- $_ := set $annotations "checksum/config" (include "fairlead.config" . | sha256sum) }}
      {{- end }}
      {{- with merge $annotations $settings.podAnnotations }}
      annotations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    spec:
      {{- include "fairlead.podSpec" . | nindent 6 }}
{{- end -}}
