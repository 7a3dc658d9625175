{{/* Name of the Secret with a component's certificate, its key and the authority. Takes root and name. */}}
{{- define "fairlead.certificateSecret" -}}
{{- $tls := .root.Values.tls -}}
{{- if $tls.certManager.enabled -}}
{{- if or $tls.existingSecret $tls.existingSecrets -}}
{{- fail "tls: certManager.enabled and existing Secrets are both set; choose one" -}}
{{- end -}}
{{ include "fairlead.componentName" . }}-tls
{{- else -}}
{{- $name := index $tls.existingSecrets .name | default $tls.existingSecret -}}
{{- if empty $name -}}
{{- fail (printf "tls: %s has no certificate; set tls.certManager.enabled, tls.existingSecret or tls.existingSecrets.%s" .name .name) -}}
{{- end -}}
{{ $name }}
{{- end -}}
{{- end -}}

{{/* Variables of mutual TLS; the files are read anew when they change. Takes root and component. */}}
{{- define "fairlead.tlsEnvironment" -}}
{{- if .root.Values.tls.enabled }}
- name: FAIRLEAD_TLS_CERT_FILE
  value: /var/run/fairlead/tls/{{ .root.Values.tls.keys.certificate }}
- name: FAIRLEAD_TLS_KEY_FILE
  value: /var/run/fairlead/tls/{{ .root.Values.tls.keys.privateKey }}
- name: FAIRLEAD_TLS_CA_FILE
  value: /var/run/fairlead/tls/{{ .root.Values.tls.keys.authority }}
{{- end }}
{{- end -}}

{{/* Volume of a component's certificate. Takes root and component. */}}
{{- define "fairlead.tlsVolume" -}}
{{- if .root.Values.tls.enabled }}
- name: tls
  secret:
    secretName: {{ include "fairlead.certificateSecret" (dict "root" .root "name" .component.name) }}
    defaultMode: 0440
{{- end }}
{{- end -}}

{{/* Where it is mounted: a folder, since single files would not follow a rotation. */}}
{{- define "fairlead.tlsMount" -}}
{{- if .root.Values.tls.enabled }}
- name: tls
  mountPath: /var/run/fairlead/tls
  readOnly: true
{{- end }}
{{- end -}}

{{/* Who signs certificates: an issuer that is named, or the chart's own. Takes root. */}}
{{- define "fairlead.issuerRef" -}}
{{- $reference := .Values.tls.certManager.issuerRef -}}
name: {{ $reference.name | default (printf "%s-ca" (include "fairlead.fullname" .)) }}
kind: {{ $reference.kind }}
group: {{ $reference.group }}
{{- end -}}

{{/* What holds for every certificate: how long it lasts, its key, and who signs. Takes root. */}}
{{- define "fairlead.certificateTerms" -}}
{{- $manager := .Values.tls.certManager -}}
duration: {{ $manager.duration }}
renewBefore: {{ $manager.renewBefore }}
privateKey:
  algorithm: ECDSA
  size: 256
  rotationPolicy: Always
issuerRef:
  {{- include "fairlead.issuerRef" . | nindent 2 }}
{{- end -}}

{{/* Names of those that call the router and are no part of the mesh, as a list: the edge is one of them where it brings gRPC in. Takes root. */}}
{{- define "fairlead.clients" -}}
{{- $clients := .Values.tls.certManager.clients -}}
{{- if .Values.edge.grpc.enabled }}{{ $clients = append $clients "edge" }}{{ end -}}
{{- toYaml (uniq $clients) -}}
{{- end -}}

{{/* Namespace and name of the Secret with which an ingress controller calls the router; empty where there is no mutual TLS. Takes root. */}}
{{- define "fairlead.edgeCertificate" -}}
{{- if .Values.tls.enabled -}}
{{- if .Values.tls.certManager.enabled -}}
{{ .Release.Namespace }}/{{ include "fairlead.fullname" . }}-client-edge
{{- else -}}
{{- with .Values.edge.grpc.clientSecret -}}
{{ $.Release.Namespace }}/{{ . }}
{{- else -}}
{{- fail "edge.grpc.clientSecret: the router takes calls by mutual TLS only; name the Secret with the ingress controller's certificate" -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
