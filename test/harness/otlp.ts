import { type Receiver, startReceiver } from './receiver.ts';

export interface SentSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string | undefined;
  name: string;
  kind: number;
  begins: bigint;
  ends: bigint;
  attributes: Record<string, unknown>;
  failed: boolean;
  /** The attributes of the process that sent it. */
  resource: Record<string, unknown>;
}

export interface OtlpReceiver extends Receiver {
  /** All that it took, in the order of arrival; what it answered with an error is not among them. */
  spans(): SentSpan[];
  /** Everything that was sent to it, as text. */
  texts(): string;
  /** What it answers from now on; 200 at first. */
  status: number;
}

interface Attribute {
  key: string;
  value: Record<string, unknown>;
}

const attributesOf = (list: Attribute[] = []) =>
  Object.fromEntries(list.map(({ key, value }) => [key, Object.values(value)[0]]));

/** Takes traces by OTLP over HTTP, as JSON: https://opentelemetry.io/docs/specs/otlp/#otlphttp */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const receiver = await startReceiver();
  const taken: unknown[] = [];
  const made: OtlpReceiver = {
    ...receiver,
    status: 200,
    texts: () => receiver.received.map(({ text, path, headers }) => JSON.stringify([path, headers]) + text).join('\n'),
    spans: () => taken.flatMap(spansOf),
  };
  receiver.answer(({ body, path, headers }, response) => {
    const isOtlp = path.endsWith('/v1/traces') && headers['content-type'] === 'application/json';
    const status = isOtlp ? made.status : 404;
    if (status === 200) taken.push(body);
    response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
  });
  return made;
}

// biome-ignore lint/suspicious/noExplicitAny: what came over the network
function spansOf(body: any): SentSpan[] {
  const found: SentSpan[] = [];
  for (const { resource, scopeSpans } of body.resourceSpans)
    for (const { spans } of scopeSpans)
      for (const span of spans)
        found.push({
          traceId: span.traceId,
          spanId: span.spanId,
          parentSpanId: span.parentSpanId || undefined,
          name: span.name,
          kind: span.kind,
          begins: BigInt(span.startTimeUnixNano),
          ends: BigInt(span.endTimeUnixNano),
          attributes: attributesOf(span.attributes),
          failed: span.status?.code === 2,
          resource: attributesOf(resource.attributes),
        });
  return found;
}
