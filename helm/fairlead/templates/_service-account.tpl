{{/* An account of its own for each component, with no rights and no token. Takes root, name and annotations. */}}
{{- define "fairlead.serviceAccount" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  {{- include "fairlead.metadata" . | nindent 2 }}
automountServiceAccountToken: false
{{- end -}}
