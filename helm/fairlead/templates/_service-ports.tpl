{{/* Ports of a component's Service. Takes root and component. */}}
{{- define "fairlead.servicePorts" -}}
{{- if eq .component.kind "simulator" -}}
- name: http
  port: {{ include "fairlead.port.simulator" .root }}
  targetPort: http
  appProtocol: http
{{- else -}}
{{- if eq .component.name "gateway" -}}
- name: http
  port: 80
  targetPort: http
  appProtocol: http
{{- else -}}
- name: grpc
  port: {{ include "fairlead.port.grpc" .root }}
  targetPort: grpc
  appProtocol: {{ .root.Values.tls.enabled | ternary "grpcs" "grpc" }}
{{- end }}
- name: metrics
  port: {{ include "fairlead.port.metrics" .root }}
  targetPort: metrics
  appProtocol: http
{{- end -}}
{{- end -}}
