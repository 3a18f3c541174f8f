import type { Registry } from '../../kernel/metrics/registry.ts';
import type { Tracing } from '../../kernel/tracing/span.ts';

/** Spans of this process, while traces are on. */
export function traceMetrics(registry: Registry, tracing: Tracing): void {
  registry.counter(
    'holdfast_trace_spans_sent_total',
    'Spans of traces that the receiver took',
    () => tracing.counts().sent,
  );
  registry.gauge('holdfast_trace_spans_waiting', 'Spans that wait to be sent', () => tracing.counts().waiting);
  registry.add({
    name: 'holdfast_trace_spans_dropped_total',
    help: 'Spans that were not sent: the queue was full, or the receiver refused them',
    type: 'counter',
    read: () => Object.entries(tracing.counts().dropped).map(([reason, count]) => [{ reason }, count]),
  });
}
