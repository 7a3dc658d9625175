{{/*
What the small servers for development share. They are no part of the mesh: production takes NATS and Redis that somebody runs.
*/}}

{{/* What such a pod has in common with the others. Takes root, name and settings. */}}
{{- define "fairlead.dependencyPod" -}}
serviceAccountName: {{ include "fairlead.componentName" . }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- include "fairlead.pullSecrets" .root }}
securityContext:
  {{- toYaml (merge (dict "runAsUser" .settings.user "runAsGroup" .settings.user "fsGroup" .settings.user) .root.Values.defaults.podSecurityContext) | nindent 2 }}
{{- end -}}

{{/* Image and rights of its container. Takes root and settings. */}}
{{- define "fairlead.dependencyContainer" -}}
image: {{ include "fairlead.imageReference" (dict "root" .root "image" .settings.image) }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
securityContext:
  {{- toYaml .root.Values.defaults.securityContext | nindent 2 }}
resources:
  {{- toYaml .settings.resources | nindent 2 }}
{{- end -}}

{{/* Volume of its data: a claim, or what lives as long as the pod. Takes settings. */}}
{{- define "fairlead.dependencyData" -}}
{{- if .persistence.enabled }}
volumeClaimTemplates:
  - metadata:
      name: data
    spec:
      accessModes: [ReadWriteOnce]
      {{- with .persistence.storageClass }}
      storageClassName: {{ . }}
      {{- end }}
      resources:
        requests:
          storage: {{ .persistence.size }}
{{- end }}
{{- end -}}

{{/* A headless Service of its ports. Takes root, name and ports (name to number). */}}
{{- define "fairlead.dependencyService" -}}
apiVersion: v1
kind: Service
metadata:
  {{- include "fairlead.metadata" (dict "root" .root "name" .name) | nindent 2 }}
spec:
  type: ClusterIP
  clusterIP: None
  selector:
    {{- include "fairlead.selectorLabels" (dict "root" .root "name" .name) | nindent 4 }}
  ports:
    {{- range $name, $port := .ports }}
    - name: {{ $name }}
      port: {{ $port }}
      targetPort: {{ $name }}
    {{- end }}
{{- end -}}

{{/* A policy that lets components in and nothing out. Takes root, name, port and callers (names). */}}
{{- define "fairlead.dependencyPolicy" -}}
{{- if .root.Values.networkPolicy.enabled -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "fairlead.metadata" (dict "root" .root "name" .name) | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      {{- include "fairlead.selectorLabels" (dict "root" .root "name" .name) | nindent 6 }}
  policyTypes: [Ingress, Egress]
  ingress:
    {{- range .callers }}
    - from:
        {{- include "fairlead.peer" (dict "root" $.root "name" .) | nindent 8 }}
      ports:
        {{- include "fairlead.tcp" $.port | nindent 8 }}
    {{- end }}
{{- end }}
{{- end -}}

{{/* Names of the components that use a dependency, as a list. Takes root and name; any name but nats and redis means all that trace. */}}
{{- define "fairlead.users" -}}
{{- $names := list -}}
{{- range (include "fairlead.components" .root | fromYaml).components -}}
{{- if and (ne .kind "simulator") (or (not (has $.name (list "nats" "redis"))) (get .edges $.name)) }}{{ $names = append $names .name }}{{ end -}}
{{- end -}}
{{- toYaml $names -}}
{{- end -}}
