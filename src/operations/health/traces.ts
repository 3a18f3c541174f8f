import type { Config } from '../../kernel/config/config.ts';
import { redactText } from '../../kernel/logs/redact.ts';
import { isTracingConfigured, otlpTarget } from '../../kernel/tracing/settings.ts';
import type { Tracing } from '../../kernel/tracing/span.ts';
import type { Finding } from './findings.ts';

/** How long the finding says that spans were dropped. */
const told_ms = 3_600_000;

/** Whether traces are sent; undefined while nobody asked for them. `tracing` is that of a running server. */
export function traceFinding(config: Config, tracing?: Tracing): Finding | undefined {
  if (!isTracingConfigured(config)) return undefined;
  const check = 'traces';
  const target = otlpTarget(config);
  if ('problem' in target)
    return {
      check,
      severity: 'ticket',
      ok: false,
      detail: `Off: ${target.problem}`,
      advice: 'Put the setting right (docs/operating/traces.md), or remove it; then start again.',
    };
  const trouble = tracing?.trouble();
  const { waiting, dropped } = tracing?.counts() ?? { waiting: 0, dropped: {} };
  const droppedAt = tracing?.droppedAt();
  const isRecent = droppedAt !== undefined && Date.now() - droppedAt.getTime() < told_ms;
  const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0);
  return {
    check,
    severity: 'ticket',
    ok: trouble === undefined && !isRecent,
    detail: trouble
      ? `The receiver does not take them: ${redactText(trouble)}; ${waiting} spans wait, ${lost} were dropped since this server started`
      : lost > 0
        ? `Sent by OTLP; ${lost} spans were dropped since this server started, the last at ${droppedAt?.toISOString()}`
        : 'Sent by OTLP',
    advice:
      'Look whether OTEL_EXPORTER_OTLP_ENDPOINT answers and takes OTEL_EXPORTER_OTLP_HEADERS; if it does, record fewer with OTEL_TRACES_SAMPLER_ARG. Nothing waits for it.',
  };
}
