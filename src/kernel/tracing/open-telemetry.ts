import { hostname } from 'node:os';
import {
  SpanKind as OtelSpanKind,
  ROOT_CONTEXT,
  type Span,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  ParentBasedSampler,
  RandomIdGenerator,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { BaseLogger } from 'pino';
import { formatTraceparent, parseTraceparent } from '../logs/trace.ts';
import type { OtlpTarget } from './settings.ts';
import type { ActiveSpan, RootSpan, SpanAttributes, SpanKind, Tracing } from './span.ts';
import { SpanQueue } from './span-queue.ts';

const answer_ms_max = 5_000;

const kinds: Record<SpanKind, OtelSpanKind> = {
  server: OtelSpanKind.SERVER,
  client: OtelSpanKind.CLIENT,
  consumer: OtelSpanKind.CONSUMER,
  internal: OtelSpanKind.INTERNAL,
};

interface Options {
  target: OtlpTarget;
  service: string;
  version: string;
  role: string;
  /** The share of traces that is recorded, of those which begin here. */
  ratio: number;
  log: Pick<BaseLogger, 'warn' | 'info'>;
}

/** Gives a trace that begins here the id that its lines in the log have already. */
class IdGenerator {
  next: string | undefined;
  private readonly random = new RandomIdGenerator();

  generateTraceId(): string {
    return this.next ?? this.random.generateTraceId();
  }

  generateSpanId(): string {
    return this.random.generateSpanId();
  }
}

/**
 * Traces by the OpenTelemetry SDK. Imported only while they are on. None of its globals is set: what runs is known from
 * the scope.
 */
export function openTelemetry({ target, service, version, role, ratio, log }: Options): Tracing {
  // The queue sends one batch at a time; the exporter counts one as sent a moment after it has told so.
  const exporter = new OTLPTraceExporter({ ...target, timeoutMillis: answer_ms_max, concurrencyLimit: 2 });
  const queue = new SpanQueue(exporter, log);
  const ids = new IdGenerator();
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': service,
      'service.version': version,
      'service.instance.id': `${hostname()}:${process.pid}`,
      'holdfast.role': role,
    }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
    idGenerator: ids,
    spanProcessors: [queue],
  });
  const tracer = provider.getTracer('holdfast', version);
  return {
    start: (name, root) => startRoot(tracer, ids, name, root),
    counts: () => queue.counts(),
    trouble: () => queue.trouble(),
    droppedAt: () => queue.droppedAt(),
    // The exporter's own end would wait for its last attempt, which the queue gives up after its time.
    stop: () => provider.shutdown(),
  };
}

function startRoot(
  tracer: Tracer,
  ids: IdGenerator,
  name: string,
  { kind, traceId, traceparent, attributes }: RootSpan,
): ActiveSpan {
  const parent = parseTraceparent(traceparent);
  const context = parent
    ? trace.setSpanContext(ROOT_CONTEXT, {
        traceId: parent.traceId,
        spanId: parent.spanId,
        traceFlags: parent.sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
        isRemote: true,
      })
    : ROOT_CONTEXT;
  // The clock of `performance` goes evenly; where it stands is asked anew for each trace, because the system's clock is
  // set now and then.
  const clock = Date.now() - performance.now();
  ids.next = traceId;
  const span = tracer.startSpan(name, { kind: kinds[kind], attributes, startTime: clock + performance.now() }, context);
  ids.next = undefined;
  return new RecordedSpan(tracer, span, clock);
}

class RecordedSpan implements ActiveSpan {
  readonly traceId: string;
  readonly sampled: boolean;
  private readonly tracer: Tracer;
  private readonly span: Span;
  private readonly clock: number;

  constructor(tracer: Tracer, span: Span, clock: number) {
    this.tracer = tracer;
    this.span = span;
    this.clock = clock;
    this.traceId = span.spanContext().traceId;
    this.sampled = span.isRecording();
  }

  get traceparent(): string {
    return formatTraceparent({ ...this.span.spanContext(), sampled: this.sampled });
  }

  child(
    name: string,
    began: number,
    { kind, attributes, failed }: { kind: SpanKind; attributes: SpanAttributes; failed?: string },
  ): void {
    if (!this.sampled) return;
    const span = this.tracer.startSpan(
      name,
      { kind: kinds[kind], attributes, startTime: this.clock + began },
      trace.setSpan(ROOT_CONTEXT, this.span),
    );
    end(span, this.clock + performance.now(), failed);
  }

  set(attributes: SpanAttributes): void {
    this.span.setAttributes(attributes);
  }

  end(failed?: string): void {
    end(this.span, this.clock + performance.now(), failed);
  }
}

function end(span: Span, at: number, failed: string | undefined): void {
  if (failed !== undefined) {
    span.setAttribute('error.type', failed);
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end(at);
}
