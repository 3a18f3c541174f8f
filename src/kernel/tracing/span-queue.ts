import { setTimeout as sleep } from 'node:timers/promises';
import type { ReadableSpan, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { BaseLogger } from 'pino';
import { runOutsideScope } from '../usage/scope.ts';
import type { SpanCounts } from './span.ts';

/** Spans that wait to be sent, of about a kilobyte each. */
const spans_max = 5_000;
/** Few enough that writing them as JSON holds up no request. */
const batch_max = 200;
const linger_ms = 1_000;
const retry_ms = { least: 1_000, most: 30_000 };
const report_ms = 60_000;
const stop_ms_max = 2_000;
/** The receiver does not take what is in them; to send the same again would get the same answer. */
const refusals: ReadonlySet<unknown> = new Set([400, 413, 415, 422]);

type Outcome = { sent: true } | { sent: false; refused: boolean; error: Error };

/**
 * Keeps spans until the receiver has them, as many as there is room for, and counts the others. (The library's own
 * queue drops its batches after ten seconds without a receiver, and does not count them.)
 */
export class SpanQueue implements SpanProcessor {
  private readonly exporter: SpanExporter;
  private readonly log: Pick<BaseLogger, 'warn' | 'info'>;
  private readonly ending = new AbortController();
  private waiting: ReadableSpan[] = [];
  private sent = 0;
  private readonly dropped = { queue_full: 0, refused: 0, end: 0 };
  private reported = 0;
  private last: Date | undefined;
  private reporting: NodeJS.Timeout | undefined;
  private timer: NodeJS.Timeout | undefined;
  private sending: Promise<void> | undefined;
  private failure: { kind: 'refused' | 'away'; message: string } | undefined;

  constructor(exporter: SpanExporter, log: Pick<BaseLogger, 'warn' | 'info'>) {
    this.exporter = exporter;
    this.log = log;
  }

  counts(): SpanCounts {
    return { sent: this.sent, waiting: this.waiting.length, dropped: { ...this.dropped } };
  }

  trouble(): string | undefined {
    return this.failure && `${this.failure.kind}: ${this.failure.message}`;
  }

  droppedAt(): Date | undefined {
    return this.last;
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if (this.ending.signal.aborted) this.drop('end', 1);
    else if (this.waiting.length >= spans_max) this.drop('queue_full', 1);
    else {
      this.waiting.push(span);
      if (this.waiting.length >= batch_max) this.start();
      else this.timer ??= setTimeout(() => this.start(), linger_ms).unref();
    }
  }

  async forceFlush(): Promise<void> {
    this.start();
    await this.sending;
  }

  async shutdown(): Promise<void> {
    const late = sleep(stop_ms_max, undefined, { ref: false });
    if (!this.failure) await Promise.race([this.forceFlush(), late]);
    this.ending.abort();
    clearTimeout(this.timer);
    clearTimeout(this.reporting);
    this.drop('end', this.waiting.length);
    this.waiting = [];
    this.report();
  }

  private start(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    // Its lines are not of the request that happened to come last.
    this.sending ??= runOutsideScope(() => this.sendAll()).finally(() => {
      this.sending = undefined;
    });
  }

  private async sendAll(): Promise<void> {
    let pauseMs = retry_ms.least;
    const { signal } = this.ending;
    while (this.waiting.length > 0 && !signal.aborted) {
      const batch = this.waiting.slice(0, batch_max);
      const outcome = await this.send(batch);
      if (signal.aborted) return;
      if (outcome.sent || outcome.refused) {
        this.waiting.splice(0, batch.length);
        if (outcome.sent) this.sent += batch.length;
        else this.drop('refused', batch.length);
        if (outcome.sent) this.well();
        else this.troubled('refused', outcome.error);
        pauseMs = retry_ms.least;
      } else {
        this.troubled('away', outcome.error);
        await sleep(pauseMs, undefined, { signal, ref: false }).catch(() => {});
        pauseMs = Math.min(pauseMs * 2, retry_ms.most);
      }
    }
  }

  private send(batch: ReadableSpan[]): Promise<Outcome> {
    return new Promise((resolve) => {
      this.exporter.export(batch, ({ code, error = new Error('no answer') }) =>
        resolve(
          code === 0
            ? { sent: true }
            : { sent: false, refused: refusals.has((error as { code?: unknown }).code), error },
        ),
      );
    });
  }

  private well(): void {
    if (this.failure) this.log.info({}, 'traces are sent again');
    this.failure = undefined;
  }

  /** Said once, until it is well again or something else is wrong. */
  private troubled(kind: 'refused' | 'away', error: Error): void {
    if (this.failure?.kind !== kind)
      this.log.warn(
        { err: error },
        kind === 'away'
          ? 'traces cannot be sent to OTEL_EXPORTER_OTLP_ENDPOINT: they wait'
          : 'the receiver at OTEL_EXPORTER_OTLP_ENDPOINT refuses spans: they are dropped',
      );
    this.failure = { kind, message: error.message };
  }

  private drop(why: keyof SpanCounts['dropped'], count: number): void {
    this.dropped[why] += count;
    if (count > 0) this.last = new Date();
    if (count > 0 && !this.ending.signal.aborted)
      this.reporting ??= setTimeout(() => {
        this.reporting = undefined;
        runOutsideScope(() => this.report());
      }, report_ms).unref();
  }

  private report(): void {
    const { queue_full, refused, end } = this.dropped;
    const total = queue_full + refused + end;
    if (total === this.reported) return;
    this.log.warn(
      { dropped: total - this.reported, since_start: { ...this.dropped } },
      'spans of traces were dropped: the receiver at OTEL_EXPORTER_OTLP_ENDPOINT did not take them',
    );
    this.reported = total;
  }
}
