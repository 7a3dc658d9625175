{{/* Annotations that let streams through: nothing is buffered, and a quiet stream is not cut. What is configured comes first. Takes root. */}}
{{- define "fairlead.ingressAnnotations" -}}
{{- $edge := .Values.edge -}}
{{- $seconds := int64 $edge.timeoutSeconds | toString -}}
{{- $known := dict -}}
{{- if eq $edge.ingress.controller "nginx" -}}
{{- $known = dict
  "nginx.ingress.kubernetes.io/proxy-buffering" "off"
  "nginx.ingress.kubernetes.io/proxy-request-buffering" "off"
  "nginx.ingress.kubernetes.io/proxy-read-timeout" $seconds
  "nginx.ingress.kubernetes.io/proxy-send-timeout" $seconds
  "nginx.ingress.kubernetes.io/proxy-body-size" $edge.maxBodySize -}}
{{- else if eq $edge.ingress.controller "haproxy" -}}
{{- $known = dict "haproxy.org/timeout-server" (printf "%ss" $seconds) "haproxy.org/timeout-client" (printf "%ss" $seconds) -}}
{{- end -}}
{{- merge (deepCopy $edge.ingress.annotations) $known | toYaml -}}
{{- end -}}

{{/* Annotations that carry gRPC to the router, by mutual TLS where the mesh has it. Takes root. */}}
{{- define "fairlead.grpcIngressAnnotations" -}}
{{- $edge := .Values.edge -}}
{{- $certificate := include "fairlead.edgeCertificate" . -}}
{{- $known := dict -}}
{{- if eq $edge.ingress.controller "nginx" -}}
{{- $known = dict "nginx.ingress.kubernetes.io/backend-protocol" (ternary "GRPCS" "GRPC" .Values.tls.enabled) -}}
{{- if $certificate -}}
{{- $known = merge $known (dict
  "nginx.ingress.kubernetes.io/proxy-ssl-secret" $certificate
  "nginx.ingress.kubernetes.io/proxy-ssl-verify" "on"
  "nginx.ingress.kubernetes.io/proxy-ssl-name" (include "fairlead.host" (dict "root" . "name" "router"))
  "nginx.ingress.kubernetes.io/proxy-ssl-server-name" "on") -}}
{{- end -}}
{{- else if eq $edge.ingress.controller "haproxy" -}}
{{- $known = dict "haproxy.org/server-proto" "h2" -}}
{{- if $certificate -}}
{{- $known = merge $known (dict "haproxy.org/server-ssl" "true" "haproxy.org/server-crt" $certificate "haproxy.org/server-ca" $certificate) -}}
{{- end -}}
{{- end -}}
{{- merge (deepCopy $edge.grpc.annotations) $known | toYaml -}}
{{- end -}}

{{/* Spec of an Ingress to one component. Takes root, name, port and edge (hosts and tlsSecret). */}}
{{- define "fairlead.ingressSpec" -}}
{{- with .root.Values.edge.ingress.className -}}
ingressClassName: {{ . }}
{{ end -}}
{{- with .edge.tlsSecret -}}
tls:
  - secretName: {{ . }}
    hosts:
      {{- toYaml $.edge.hosts | nindent 6 }}
{{ end -}}
rules:
  {{- if not .edge.hosts }}
  {{- fail "edge: there are no hosts; say under which names the mesh is reached" }}
  {{- end }}
  {{- range .edge.hosts }}
  - host: {{ . | quote }}
    http:
      paths:
        - path: /
          pathType: Prefix
          backend:
            service:
              name: {{ include "fairlead.componentName" $ }}
              port:
                name: {{ $.port }}
  {{- end }}
{{- end -}}
