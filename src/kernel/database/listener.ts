import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { BaseLogger } from 'pino';
import { connect_ms_max } from './pipeline.ts';

const statement_ms_max = 5_000;
const keepalive_ms = 10_000;
/**
 * For how long the server waits until this process has taken a notification. Whoever only listens takes each at once,
 * unless its machine is gone.
 */
const taken_ms_max = 30_000;
/** How often the listener notifies itself, and how long that may take to arrive. */
const self_test_interval_ms = 30_000;
const self_test_ms_max = 10_000;
const withheld = `PostgreSQL took a notification, and it did not come back within ${self_test_ms_max / 1000} s: what lies between, such as a pooler, may not pass notifications on`;
const unsent = `PostgreSQL took no notification within ${self_test_ms_max / 1000} s`;
const reconnect_ms = { least: 200, most: 60_000 };
const close_ms_max = 1_000;

export interface ListenerOptions {
  url: string;
  applicationName: string;
  channel: string;
  /** Sends a notification on a channel, over another connection than the listener's. */
  notify: (channel: string) => Promise<unknown>;
  /** Called at each notification, and when `isReceiving` changes: some may have been missed before. */
  onNotification: () => void;
  log: Pick<BaseLogger, 'info' | 'warn'> | undefined;
}

/**
 * Receives the notifications of a channel over a connection of its own, which is opened again when it fails. An open
 * connection proves little: a pooler that shares connections accepts LISTEN and passes nothing on, and a firewall may
 * drop a silent connection. So the listener also notifies itself, and `isReceiving` is true only while these
 * notifications come back.
 */
export class Listener {
  isReceiving = false;
  private readonly options: ListenerOptions;
  private readonly closing = new AbortController();
  private readonly loop: Promise<void>;
  private failures = 0;

  constructor(options: ListenerOptions) {
    this.options = options;
    this.loop = this.keepListening();
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.loop;
  }

  private async keepListening(): Promise<void> {
    const { signal } = this.closing;
    while (!signal.aborted) {
      await this.listen().catch((error: Error) => signal.aborted || this.failed(error));
      if (this.isReceiving) {
        this.isReceiving = false;
        this.options.onNotification();
      }
      const pause = Math.min(reconnect_ms.least * 2 ** this.failures, reconnect_ms.most);
      await sleep(pause, undefined, { signal }).catch(() => {});
    }
  }

  private failed(error: Error): void {
    if (++this.failures === 1)
      this.options.log?.warn(
        { err: error },
        'notifications from PostgreSQL do not arrive; polling many times a second until they do',
      );
  }

  /** Resolves when the connection has failed or the listener is closed. */
  private async listen(): Promise<void> {
    const { url, applicationName, channel, onNotification, log } = this.options;
    const client = new pg.Client({
      connectionString: url,
      application_name: applicationName,
      connectionTimeoutMillis: connect_ms_max,
      query_timeout: statement_ms_max,
      keepAlive: true,
      keepAliveInitialDelayMillis: keepalive_ms,
    });
    const broken = new AbortController();
    client.on('error', (error) => broken.abort(error));
    client.on('end', () => broken.abort(new Error('The connection was closed')));
    const signal = AbortSignal.any([broken.signal, this.closing.signal]);
    const selfTest = `${channel}_${randomBytes(8).toString('hex')}`;
    const returned = new EventEmitter();
    client.on('notification', (notification) => {
      if (notification.channel === channel) onNotification();
      else returned.emit('test');
    });
    try {
      await client.connect();
      await client.query(`listen ${channel}; listen ${selfTest}; set tcp_user_timeout = ${taken_ms_max}`);
      for (;;) {
        const patience = AbortSignal.any([signal, AbortSignal.timeout(self_test_ms_max)]);
        let isSent = false;
        await Promise.all([
          once(returned, 'test', { signal: patience }).catch((error: Error) => {
            throw signal.aborted ? error : new Error(isSent ? withheld : unsent);
          }),
          this.options.notify(selfTest).then(() => {
            isSent = true;
          }),
        ]);
        if (!this.isReceiving) {
          this.isReceiving = true;
          if (this.failures > 0) log?.info('notifications from PostgreSQL arrive again');
          this.failures = 0;
          onNotification();
        }
        await sleep(self_test_interval_ms, undefined, { signal });
      }
    } catch (error) {
      throw broken.signal.aborted ? broken.signal.reason : error;
    } finally {
      // A lost server never responds.
      await Promise.race([client.end().catch(() => {}), sleep(close_ms_max, undefined, { ref: false })]);
    }
  }
}
