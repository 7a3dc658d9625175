import { hostname } from "node:os";
import {
  defaultResource,
  detectResources,
  type Resource,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
  serviceNameEnvDetector,
} from "@opentelemetry/resources";

/**
 * Who the spans of a process are from. OTEL_RESOURCE_ATTRIBUTES adds to it and may replace all but the service's name: in
 * Kubernetes it brings pod, namespace, node and version. OTEL_SERVICE_NAME alone replaces the name, as its specification
 * says, since every search in a trace begins with it.
 */
export function telemetryResource(serviceName: string, instance: string): Resource {
  return defaultResource()
    .merge(resourceFromAttributes({ "service.namespace": "fairlead", "service.instance.id": instance, "host.name": hostname() }))
    .merge(detectResources({ detectors: [resourceAttributesEnvDetector] }))
    .merge(resourceFromAttributes({ "service.name": serviceName }))
    .merge(detectResources({ detectors: [serviceNameEnvDetector] }));
}
