import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const traceparent = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?$/;
const known = new WeakMap<IncomingMessage, string>();

/** The trace that a request belongs to: as its caller says (W3C Trace Context), else a new one. */
export function traceIdOf(request: IncomingMessage): string {
  let id = known.get(request);
  if (!id) {
    const said = request.headers.traceparent;
    id = (typeof said === 'string' && traceparent.exec(said)?.[1]) || newTraceId();
    known.set(request, id);
  }
  return id;
}

export const newTraceId = (): string => randomBytes(16).toString('hex');
