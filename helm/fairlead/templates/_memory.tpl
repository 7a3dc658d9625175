{{/* A quantity of memory, such as 512Mi, 1.5Gi or 800M, as bytes. */}}
{{- define "fairlead.bytes" -}}
{{- $text := toString . -}}
{{- $unit := regexFind "[A-Za-z]*$" $text -}}
{{- $factors := dict "" 1 "k" 1000 "M" 1000000 "G" 1000000000 "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 -}}
{{- if not (and (hasKey $factors $unit) (regexMatch "^[0-9]+(\\.[0-9]+)?[A-Za-z]*$" $text)) -}}
{{- fail (printf "%s: expected an amount of memory in Ki, Mi, Gi, k, M or G" $text) -}}
{{- end -}}
{{- mulf (float64 (trimSuffix $unit $text)) (get $factors $unit) | floor | int64 -}}
{{- end -}}

{{/* Options of Node: a heap of 80 % of the limit leaves room for sockets, buffers and code. Takes the component's settings. */}}
{{- define "fairlead.nodeOptions" -}}
{{- $limit := include "fairlead.bytes" .resources.limits.memory | int64 -}}
{{- printf "--max-old-space-size=%d" (div (mul $limit 8) (mul 10 1048576)) -}}
{{- end -}}
