{{/* Seconds that a pod has to end: longer than it looks away, drains and closes. Takes the component's settings. */}}
{{- define "fairlead.gracePeriod" -}}
{{- $stop := .shutdown -}}
{{- $milliseconds := add (int64 $stop.lameDuckMs) (int64 $stop.drainMs) -}}
{{- add (div (add $milliseconds 999) 1000) (int64 $stop.marginSeconds) -}}
{{- end -}}
