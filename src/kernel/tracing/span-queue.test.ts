import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually } from '../../../test/harness/eventually.ts';
import { type OtlpReceiver, startOtlpReceiver } from '../../../test/harness/otlp.ts';
import { newTraceId } from '../logs/trace.ts';
import { currentScope, runInScope } from '../usage/scope.ts';
import { openTelemetry } from './open-telemetry.ts';

let receiver: OtlpReceiver;
before(async () => {
  receiver = await startOtlpReceiver();
});
after(() => receiver.stop());

function begin(ratio = 1) {
  const said: [about: Record<string, unknown>, text: string][] = [];
  const warn = (...line: (typeof said)[number]) => {
    said.push(line);
    assert.equal(currentScope(), undefined, 'no line of the request that happened to come last');
  };
  const log = { warn, info: () => undefined };
  const target = { url: `${receiver.url}/v1/traces`, headers: {} };
  const tracing = openTelemetry({ target, service: 'queue', version: '1', role: 'web', ratio, log: log as never });
  const record = (count: number) => {
    for (let n = 0; n < count; n++)
      tracing.start('a span', { kind: 'internal', traceId: newTraceId(), attributes: {} }).end();
  };
  const recordInRequest = (count: number) =>
    runInScope({ tenant_id: null, operation: 'GET /x', interactive: true }, () => record(count));
  return { tracing, record: recordInRequest, said };
}

test('what waits is sent at the end', async () => {
  receiver.status = 200;
  const { tracing, record, said } = begin();
  record(450);
  await tracing.stop();
  assert.deepEqual(tracing.counts(), { sent: 450, waiting: 0, dropped: { queue_full: 0, refused: 0, end: 0 } });
  assert.equal(receiver.spans().length, 450);
  assert.ok(
    receiver.received.every(({ text }) => text.length < 200_000),
    'in small batches',
  );
  assert.deepEqual(said, []);
});

test('what is refused, what does not fit, and what is left at the end are counted and said; nothing waits for them', async () => {
  const { tracing, record, said } = begin();
  receiver.status = 400;
  record(100);
  await eventually(async () => tracing.counts().dropped.refused === 100);
  assert.match(tracing.trouble()!, /^refused: Bad Request/);
  assert.match(said[0]![1], /refuses spans/);
  receiver.status = 503;
  record(5_300);
  assert.equal(tracing.counts().dropped.queue_full, 300);
  const began = performance.now();
  await tracing.stop();
  assert.ok(performance.now() - began < 4_000);
  assert.deepEqual(tracing.counts(), { sent: 0, waiting: 0, dropped: { queue_full: 300, refused: 100, end: 5_000 } });
  const [about, text] = said.at(-1)!;
  assert.equal(about.dropped, 5_400);
  assert.match(text, /spans of traces were dropped/);
});

test('of traces that begin here the given share is recorded', async () => {
  receiver.status = 200;
  const { tracing, record } = begin(0.25);
  record(1_000);
  await tracing.stop();
  const { sent } = tracing.counts();
  assert.ok(sent > 150 && sent < 350, `${sent} of 1000`);
});
