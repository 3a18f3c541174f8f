import type { BaseLogger } from 'pino';
import type { Config } from '../config/config.ts';
import { isTracingConfigured, otlpTarget } from './settings.ts';
import type { Tracing } from './span.ts';

/**
 * Traces, when the settings ask for them. The library is loaded only then: it takes a tenth of a second and ten
 * megabytes.
 */
export async function openTracing(
  config: Config,
  version: string,
  log: Pick<BaseLogger, 'warn' | 'info'>,
): Promise<Tracing | undefined> {
  if (!isTracingConfigured(config)) return undefined;
  const target = otlpTarget(config);
  if ('problem' in target) {
    log.warn({ problem: target.problem }, 'traces are off: the settings need attention');
    return undefined;
  }
  const { openTelemetry } = await import('./open-telemetry.ts');
  return openTelemetry({
    target,
    service: config.OTEL_SERVICE_NAME,
    version,
    role: config.HOLDFAST_ROLE,
    ratio: config.OTEL_TRACES_SAMPLER_ARG,
    log,
  });
}
