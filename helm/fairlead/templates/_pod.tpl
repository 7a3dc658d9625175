{{/* Spec of a component's pods. Takes root and component. */}}
{{- define "fairlead.podSpec" -}}
{{- $root := .root -}}
{{- $component := .component -}}
{{- $settings := $component.settings -}}
{{- $scope := dict "root" $root "name" $component.name -}}
serviceAccountName: {{ include "fairlead.componentName" $scope }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- include "fairlead.pullSecrets" $root }}
securityContext:
  {{- toYaml $settings.podSecurityContext | nindent 2 }}
terminationGracePeriodSeconds: {{ include "fairlead.gracePeriod" $settings }}
{{- with $settings.dnsConfig }}
dnsConfig:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $settings.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with $settings.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $settings.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $settings.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- include "fairlead.topologySpread" . }}
{{- with $settings.initContainers }}
initContainers:
  {{- toYaml . | nindent 2 }}
{{- end }}
containers:
  - name: {{ $component.service }}
    image: {{ include "fairlead.image" (dict "root" $root "service" $component.service) }}
    imagePullPolicy: {{ $root.Values.image.pullPolicy }}
    securityContext:
      {{- toYaml $settings.securityContext | nindent 6 }}
    env:
      {{- include "fairlead.environment" . | trim | nindent 6 }}
    {{- with $settings.envFrom }}
    envFrom:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    ports:
      {{- include "fairlead.containerPorts" . | nindent 6 }}
    {{- include "fairlead.probes" . | nindent 4 }}
    resources:
      {{- toYaml $settings.resources | nindent 6 }}
    volumeMounts:
      {{- include "fairlead.volumeMounts" . | trim | nindent 6 }}
  {{- with $settings.sidecars }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
volumes:
  {{- include "fairlead.volumes" . | trim | nindent 2 }}
{{- end -}}

{{/* Secrets by which images are pulled. Takes root. */}}
{{- define "fairlead.pullSecrets" -}}
{{- with .Values.global.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Spreads a component's pods over hosts and zones, counting only those of the same rollout. */}}
{{- define "fairlead.topologySpread" -}}
{{- with .component.settings.topologySpread }}
topologySpreadConstraints:
  {{- range . }}
  - {{- mustMergeOverwrite (dict "labelSelector" (dict "matchLabels" (include "fairlead.selectorLabels" (dict "root" $.root "name" $.component.name) | fromYaml)) "matchLabelKeys" (list "pod-template-hash")) (deepCopy .) | toYaml | nindent 4 }}
  {{- end }}
{{- end }}
{{- end -}}

{{/* Volumes of a pod. */}}
{{- define "fairlead.volumes" -}}
- name: tmp
  emptyDir:
    sizeLimit: {{ .component.settings.tmpSize }}
{{- if ne .component.kind "simulator" }}
{{ include "fairlead.configVolume" . }}
{{- include "fairlead.stateVolumes" . }}
{{- include "fairlead.tlsVolume" . }}
{{- end }}
{{- if eq .component.kind "adapter" }}
{{- include "fairlead.keyVolumes" . | trim | nindent 0 }}
{{- end }}
{{- with .component.settings.volumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Where they are mounted. */}}
{{- define "fairlead.volumeMounts" -}}
- name: tmp
  mountPath: /tmp
{{- if ne .component.kind "simulator" }}
- name: config
  mountPath: /etc/fairlead
  readOnly: true
{{- include "fairlead.stateMounts" . }}
{{- include "fairlead.tlsMount" . }}
{{- end }}
{{- if eq .component.kind "adapter" }}
{{- include "fairlead.keyMounts" .component.adapter | trim | nindent 0 }}
{{- end }}
{{- with .component.settings.volumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}
