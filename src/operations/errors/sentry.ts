import type { BaseLogger } from 'pino';
import { Agent, request } from 'undici';
import { parseDsn } from '../../kernel/dsn.ts';
import type { ErrorGroup } from './report.ts';

/** One time that an error of a report was seen. */
type Occurrence = Omit<ErrorGroup, 'latest'> & ErrorGroup['latest'][number];

/** Events that wait to be sent. */
const queue_max = 100;
/** The most events of one kind of error that are sent; the product itself counts them all. */
const events_per_kind_and_minute_max = 10;
const answer_ms_max = 5_000;
const retry_ms = { least: 1_000, most: 60_000 };
/** The longest that a service may ask to be left alone. */
const pause_ms_max = 3_600_000;
const stop_ms_max = 2_000;
/** What the page reports comes in by this route. */
const page_error_route = 'POST /api/v1/page-errors';

interface SenderOptions {
  dsn: string | undefined;
  version: string;
  log: Pick<BaseLogger, 'warn' | 'info'>;
}

export const createSentrySender = ({ dsn, ...rest }: SenderOptions): SentrySender | undefined => {
  const to = dsn && parseDsn(dsn);
  return to ? new SentrySender({ ...rest, ...to }) : undefined;
};

/**
 * Sends errors to a Sentry-compatible service, one after the other, in its envelope format:
 * https://develop.sentry.dev/sdk/foundations/transport/envelopes/ and https://develop.sentry.dev/sdk/foundations/transport/event-payloads/
 */
export class SentrySender {
  private readonly options: Omit<SenderOptions, 'dsn'> & { envelopeUrl: string; publicKey: string };
  private readonly agent = new Agent({
    connections: 1,
    connect: { timeout: answer_ms_max },
    headersTimeout: answer_ms_max,
    bodyTimeout: answer_ms_max,
    maxResponseSize: 64 * 1024,
  });
  private readonly ending = new AbortController();
  private queue: Occurrence[] = [];
  private sentOfMinute = new Map<string, number>();
  private minute = 0;
  private dropped = 0;
  private away = false;
  private retryMs = retry_ms.least;
  private sending: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(options: Omit<SenderOptions, 'dsn'> & { envelopeUrl: string; publicKey: string }) {
    this.options = options;
  }

  addAll(groups: readonly ErrorGroup[]): void {
    for (const { latest, ...group } of groups) for (const occurrence of latest) this.add({ ...group, ...occurrence });
  }

  private add(occurrence: Occurrence): void {
    const minute = Math.floor(Date.now() / 60_000);
    if (minute !== this.minute) [this.minute, this.sentOfMinute] = [minute, new Map()];
    const sent = (this.sentOfMinute.get(occurrence.fingerprint) ?? 0) + 1;
    if (this.sentOfMinute.size < 1_000 || sent > 1) this.sentOfMinute.set(occurrence.fingerprint, sent);
    if (sent > events_per_kind_and_minute_max || this.queue.length >= queue_max) {
      this.drop();
    } else {
      this.queue.push(occurrence);
      this.start();
    }
  }

  /** Sends what waits, as far as that is quickly done. */
  async stop(): Promise<void> {
    const late = new Promise<void>((resolve) => setTimeout(resolve, stop_ms_max).unref());
    if (!this.away) await Promise.race([this.sending, late]);
    this.ending.abort();
    clearTimeout(this.timer);
    if (this.queue.length > 0 || this.dropped > 0)
      this.options.log.warn({ dropped: this.dropped + this.queue.length }, 'errors were not sent to SENTRY_DSN');
    await this.agent.destroy();
  }

  private drop(): void {
    if (this.dropped++ === 0)
      this.options.log.warn('more errors than are sent to SENTRY_DSN: the page Errors counts all of them');
  }

  private start(): void {
    if (this.sending || this.timer || this.ending.signal.aborted) return;
    this.sending = this.sendAll().finally(() => {
      this.sending = undefined;
    });
  }

  private async sendAll(): Promise<void> {
    while (this.queue.length > 0 && !this.ending.signal.aborted) {
      const pauseMs = await this.send(this.queue[0]!).catch((error: Error) => this.failed(error));
      if (pauseMs > 0) {
        this.timer = setTimeout(() => {
          this.timer = undefined;
          this.start();
        }, pauseMs);
        this.timer.unref();
        return;
      }
      this.queue.shift();
    }
    if (this.dropped > 0 && this.queue.length === 0) {
      this.options.log.warn({ dropped: this.dropped }, 'errors were not sent to SENTRY_DSN, over its limits');
      this.dropped = 0;
    }
  }

  /** Returns for how long to wait before it is tried again; 0 when it is done. */
  private async send(occurrence: Occurrence): Promise<number> {
    const { envelopeUrl, publicKey, version } = this.options;
    const { statusCode, headers, body } = await request(envelopeUrl, {
      method: 'POST',
      dispatcher: this.agent,
      signal: this.ending.signal,
      headers: {
        'content-type': 'application/x-sentry-envelope',
        'user-agent': `holdfast/${version}`,
        'x-sentry-auth': `Sentry sentry_version=7, sentry_client=holdfast/${version}, sentry_key=${publicKey}`,
      },
      body: envelopeOf(occurrence, version),
    });
    await body.dump();
    if (statusCode === 429 || statusCode >= 500) {
      const asked = Number(headers['retry-after']) * 1_000;
      return this.failed(new Error(`It answered ${statusCode}`), Number.isFinite(asked) ? asked : 0);
    }
    if (statusCode >= 400) {
      // To send the same again would get the same answer.
      this.dropped++;
      if (!this.away)
        this.options.log.warn({ status: statusCode }, 'SENTRY_DSN refuses an error: check the key and the project');
      return 0;
    }
    if (this.away) this.options.log.info({}, 'errors are sent to SENTRY_DSN again');
    [this.away, this.retryMs] = [false, retry_ms.least];
    return 0;
  }

  private failed(error: Error, asked = 0): number {
    if (!this.away) this.options.log.warn({ err: error }, 'errors cannot be sent to SENTRY_DSN: they wait');
    this.away = true;
    const pause = Math.min(Math.max(asked, this.retryMs), pause_ms_max);
    this.retryMs = Math.min(this.retryMs * 2, retry_ms.most);
    return pause;
  }
}

function envelopeOf(occurrence: Occurrence, version: string): string {
  const event_id = occurrence.line_id.replaceAll('-', '');
  const event = JSON.stringify(eventOf(occurrence, event_id, version));
  const head = JSON.stringify({ event_id, sent_at: new Date().toISOString() });
  const item = JSON.stringify({ type: 'event', content_type: 'application/json', length: Buffer.byteLength(event) });
  return `${head}\n${item}\n${event}\n`;
}

function eventOf(seen: Occurrence, event_id: string, version: string): Record<string, unknown> {
  const tags = {
    workspace: seen.workspace_id,
    request_id: seen.request_id,
    trace_id: seen.trace_id,
  };
  const frames = framesOf(seen.stack ?? '');
  return {
    event_id,
    timestamp: Date.parse(seen.at) / 1_000,
    platform: seen.route === page_error_route ? 'javascript' : 'node',
    level: 'error',
    server_name: seen.process,
    release: `holdfast@${version}`,
    transaction: seen.route ?? undefined,
    fingerprint: [seen.fingerprint],
    exception: {
      values: [{ type: seen.kind, value: seen.message, ...(frames.length > 0 && { stacktrace: { frames } }) }],
    },
    tags: Object.fromEntries(Object.entries(tags).filter(([, value]) => value !== null)),
    ...(seen.person_id && { user: { id: seen.person_id } }),
  };
}

/** The frames of a stack, the outermost first, as the format wants them. */
function framesOf(stack: string): Record<string, unknown>[] {
  return stack
    .split('\n')
    .flatMap((line) => {
      const found = /^\s*at (?:async )?(?:([^()\n]{1,200}?) \()?([^()\n]{1,500}?):(\d+):(\d+)\)?\s*$/.exec(line);
      if (!found) return [];
      const [, name, file, lineno, colno] = found;
      const in_app = !file!.includes('node_modules') && !file!.startsWith('node:');
      return [{ function: name ?? '?', filename: file, lineno: Number(lineno), colno: Number(colno), in_app }];
    })
    .slice(0, 50)
    .reverse();
}
