{{/* Name of the chart's objects without a component. */}}
{{- define "fairlead.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* Beginning of the name of every object: the release's name, with the chart's where it does not hold it. */}}
{{- define "fairlead.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- $name := include "fairlead.name" . -}}
{{- ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* Name of a component's objects. Takes root and name; a Service's name has 63 letters at most. */}}
{{- define "fairlead.componentName" -}}
{{- $name := printf "%s-%s" (include "fairlead.fullname" .root) .name -}}
{{- if gt (len $name) 63 -}}
{{- fail (printf "%s: the name has more than 63 letters; give a shorter fullnameOverride or a shorter name to the adapter" $name) -}}
{{- end -}}
{{- $name -}}
{{- end -}}

{{/* DNS name of a component's Service, whole, so that no search list is gone through. Takes root and name. */}}
{{- define "fairlead.host" -}}
{{- printf "%s.%s.svc.%s" (include "fairlead.componentName" .) .root.Release.Namespace .root.Values.clusterDomain -}}
{{- end -}}

{{/* gRPC target of a component. Takes root and name. */}}
{{- define "fairlead.target" -}}
{{- printf "dns:///%s:%s" (include "fairlead.host" .) (include "fairlead.port.grpc" .root) -}}
{{- end -}}

{{/* Ports, which are the same in every pod. */}}
{{- define "fairlead.port.grpc" -}}50051{{- end -}}
{{- define "fairlead.port.health" -}}50052{{- end -}}
{{- define "fairlead.port.metrics" -}}9464{{- end -}}
{{- define "fairlead.port.http" -}}8080{{- end -}}
{{- define "fairlead.port.simulator" -}}8090{{- end -}}
