import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';

/** A proxy or an orchestrator that follows readiness asks at least this often. */
const followed_ms = 15_000;
/**
 * How long requests are still taken after readiness has failed: until a proxy that asks every second has noticed,
 * twice.
 */
const notice_ms = 3_000;
/** How long running requests may take to end. */
const finish_ms_max = 5_000;
const look_ms = 20;
/** Event streams come back spread over this time. */
const reconnect_ms_max = 2_000;

/**
 * Ends serving without failing a request: readiness fails first, so that a proxy sends nothing more; running requests
 * end, connections are closed by the response after which they are idle, and event streams are told to come back, which
 * they do elsewhere.
 */
export class Drain {
  private started = false;
  private askedAt = Number.NEGATIVE_INFINITY;
  private running = 0;
  private readonly streams = new Set<(reconnectMs: number) => void>();

  get isStopping(): boolean {
    return this.started;
  }

  /** Called when somebody asks whether this process is ready. */
  asked(): void {
    this.askedAt = performance.now();
  }

  /** Counts requests. Called before the server has other hooks. */
  follow(server: FastifyInstance): void {
    server.addHook('onRequest', async (_request, { raw }) => {
      this.running++;
      raw.once('close', () => this.running--);
    });
    // Also of requests that were running when the drain began.
    server.addHook('onSend', async (_request, { raw }) => {
      if (this.started) raw.shouldKeepAlive = false;
    });
  }

  /** Has `close` called when streams must end; returns how to take it back. */
  addStream(close: (reconnectMs: number) => void): () => void {
    this.streams.add(close);
    return () => this.streams.delete(close);
  }

  /** Settles when no request is running, or the time is over. `notice`: whether to take requests until proxies know. */
  async run({ notice }: { notice: boolean }): Promise<void> {
    this.started = true;
    if (notice && performance.now() - this.askedAt < followed_ms) await sleep(notice_ms);
    for (const close of this.streams) close(Math.round(Math.random() * reconnect_ms_max));
    const deadline = performance.now() + finish_ms_max;
    while (this.running > 0 && performance.now() < deadline) await sleep(look_ms);
  }
}
