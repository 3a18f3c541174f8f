export type SpanAttributes = Record<string, string | number | boolean>;

/** What a span is of, in OpenTelemetry's words. */
export type SpanKind = 'server' | 'client' | 'consumer' | 'internal';

/**
 * Part of the scope that code runs in while traces are on. The interface knows nothing of the library, which is loaded
 * only then.
 */
export interface ActiveSpan {
  readonly traceId: string;
  /** Whether it is recorded; when not, nothing needs to be found out about its children. */
  readonly sampled: boolean;
  /** As W3C Trace Context writes it. */
  readonly traceparent: string;
  /**
   * Records what went on from `began` until now, both as `performance.now()` tells the time. `failed` is a word for an
   * error, never its message.
   */
  child(name: string, began: number, about: { kind: SpanKind; attributes: SpanAttributes; failed?: string }): void;
  set(attributes: SpanAttributes): void;
  end(failed?: string): void;
}

/** What a new trace or a part of one from elsewhere begins with. */
export interface RootSpan {
  kind: SpanKind;
  /** The trace's id where there is no `traceparent`. */
  traceId: string;
  /** The span that caused it, in another process. */
  traceparent?: string | null | undefined;
  attributes: SpanAttributes;
}

/** Traces, while they are on. */
export interface Tracing {
  start(name: string, root: RootSpan): ActiveSpan;
  counts(): SpanCounts;
  /** Why spans are not taken just now; undefined when they are. */
  trouble(): string | undefined;
  /** When spans were dropped last, other than at the end of the process. */
  droppedAt(): Date | undefined;
  /** Sends what waits, as far as that is quickly done. */
  stop(): Promise<void>;
}

export interface SpanCounts {
  sent: number;
  waiting: number;
  /** Dropped spans by reason: `queue_full`, `refused` by the receiver, or not sent before the `end` of the process. */
  dropped: Readonly<Record<'queue_full' | 'refused' | 'end', number>>;
}
