import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const traceparent_form = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;
const known = new WeakMap<IncomingMessage, string>();

/** A span of a trace, as `traceparent` of W3C Trace Context names it. */
export interface TraceParent {
  traceId: string;
  spanId: string;
  /** Whether the trace is recorded. */
  sampled: boolean;
}

export function parseTraceparent(text: unknown): TraceParent | undefined {
  const found = typeof text === 'string' ? traceparent_form.exec(text) : null;
  return found
    ? { traceId: found[1]!, spanId: found[2]!, sampled: (Number.parseInt(found[3]!, 16) & 1) === 1 }
    : undefined;
}

export const formatTraceparent = ({ traceId, spanId, sampled }: TraceParent): string =>
  `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;

/** The trace that a request belongs to: as its caller says (W3C Trace Context), else a new one. */
export function traceIdOf(request: IncomingMessage): string {
  let id = known.get(request);
  if (!id) {
    id = parseTraceparent(request.headers.traceparent)?.traceId ?? newTraceId();
    known.set(request, id);
  }
  return id;
}

export const newTraceId = (): string => randomBytes(16).toString('hex');
