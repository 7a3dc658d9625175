{{/* Image of a service of the mesh. Takes root and service. */}}
{{- define "fairlead.image" -}}
{{- $image := .root.Values.image -}}
{{- $own := index $image.byService .service | default dict -}}
{{- $repository := $own.repository | default (printf "%s%s" $image.prefix .service) -}}
{{- include "fairlead.imageReference" (dict "root" .root "image" (dict "repository" $repository "tag" ($own.tag | default $image.tag | default .root.Chart.AppVersion) "digest" $own.digest)) -}}
{{- end -}}

{{/* Registry, repository, tag and digest as one. Takes root and image. */}}
{{- define "fairlead.imageReference" -}}
{{- $registry := .root.Values.global.imageRegistry | default .root.Values.image.registry -}}
{{- if .image.registry }}{{ $registry = .root.Values.global.imageRegistry | default .image.registry }}{{ end -}}
{{- with $registry }}{{ trimSuffix "/" . }}/{{ end -}}
{{- .image.repository }}:{{ .image.tag }}
{{- with .image.digest }}@{{ . }}{{ end -}}
{{- end -}}
