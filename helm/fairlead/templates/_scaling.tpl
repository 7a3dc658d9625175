{{/* Not empty where a component's number of pods is not fixed. Takes its settings. */}}
{{- define "fairlead.isAutoscaled" -}}
{{- if or .autoscaling.hpa.enabled .autoscaling.keda.enabled }}yes{{ end -}}
{{- end -}}

{{/* Number of pods where it is fixed; one unless said otherwise. Takes the settings. */}}
{{- define "fairlead.replicas" -}}
{{- if kindIs "invalid" .replicas }}1{{ else }}{{ int .replicas }}{{ end -}}
{{- end -}}

{{/* Not empty where there may be several pods, of which not all may be taken at once. Takes the settings. */}}
{{- define "fairlead.hasSeveral" -}}
{{- if include "fairlead.isAutoscaled" . -}}
{{- if gt (int .autoscaling.maxReplicas) 1 }}yes{{ end -}}
{{- else -}}
{{- if gt (include "fairlead.replicas" . | int) 1 }}yes{{ end -}}
{{- end -}}
{{- end -}}

{{/* Refuses what would have two masters. Takes the component. */}}
{{- define "fairlead.refuseScaling" -}}
{{- $scaling := .settings.autoscaling -}}
{{- if and $scaling.hpa.enabled $scaling.keda.enabled -}}
{{- fail (printf "%s: autoscaling.hpa and autoscaling.keda are both enabled; KEDA makes a HorizontalPodAutoscaler of its own, so choose one" .name) -}}
{{- end -}}
{{- if and (include "fairlead.isAutoscaled" .settings) (not (kindIs "invalid" .settings.replicas)) -}}
{{- fail (printf "%s: replicas is set beside autoscaling; leave it out, and use autoscaling.minReplicas and maxReplicas" .name) -}}
{{- end -}}
{{- if and (include "fairlead.isAutoscaled" .settings) (gt (int $scaling.minReplicas) (int $scaling.maxReplicas)) -}}
{{- fail (printf "%s: autoscaling.minReplicas is above maxReplicas" .name) -}}
{{- end -}}
{{- if and $scaling.keda.enabled (empty $scaling.keda.prometheusAddress) -}}
{{- fail (printf "%s: autoscaling.keda.prometheusAddress is empty; say where KEDA asks for requests in flight" .name) -}}
{{- end -}}
{{- end -}}
