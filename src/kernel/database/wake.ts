import { setTimeout as sleep } from 'node:timers/promises';
import { Listener, type ListenerOptions } from './listener.ts';

const channel = 'holdfast_wake';
/** Other processes are notified at most this often. */
const notify_interval_ms = 50;
/** Factor by which each wait is longer than the one before, while nothing happens. */
const growth = 1.5;
const close_ms_max = 1_000;

export interface PollerOptions {
  /** The shortest wait, and the only one while notifications do not arrive. */
  leastMs: number;
  /**
   * The longest wait. A write that wakes nobody, such as one of another program, is seen after this time at the latest.
   */
  mostMs: number;
}

/**
 * Wakes the polling loops of all processes on this database when a transaction that may have written has ended. Other
 * processes are notified after the commit, by a statement of its own for all transactions of the last moments: a NOTIFY
 * inside the transaction would take a lock that makes committing transactions wait for each other. The notification
 * carries no data and may get lost, so the loops also poll.
 */
export class Wake {
  private readonly options: Omit<ListenerOptions, 'channel' | 'onNotification'>;
  private readonly pollers = new Set<Poller>();
  /** Opened for the first poller; a process that only writes has none. */
  private listener: Listener | undefined;
  private isPending = false;
  private notifying: Promise<void> | undefined;

  constructor(options: Omit<ListenerOptions, 'channel' | 'onNotification'>) {
    this.options = options;
  }

  /**
   * Called after each transaction that may have written. Also after a rollback: events of younger transactions become
   * readable by it.
   */
  wakeAll(): void {
    this.wakePollers();
    this.isPending = true;
    this.notifying ??= this.notifyOthers();
  }

  poller(options: PollerOptions): Poller {
    this.listener ??= new Listener({ ...this.options, channel, onNotification: () => this.wakePollers() });
    const poller: Poller = new Poller(options, this.listener, () => this.pollers.delete(poller));
    this.pollers.add(poller);
    return poller;
  }

  async close(): Promise<void> {
    await Promise.race([this.notifying, sleep(close_ms_max, undefined, { ref: false })]);
    await this.listener?.close();
  }

  private wakePollers(): void {
    for (const poller of this.pollers) poller.wake();
  }

  private async notifyOthers(): Promise<void> {
    while (this.isPending) {
      this.isPending = false;
      // If the notification fails, the others see the write when they poll.
      await this.options.notify(channel).catch(() => {});
      await sleep(notify_interval_ms);
    }
    this.notifying = undefined;
  }
}

/** The waits of one polling loop: short after a wake, then longer and longer while nothing happens. */
export class Poller {
  private readonly options: PollerOptions;
  private readonly listener: Pick<Listener, 'isReceiving'>;
  private readonly forget: () => void;
  private intervalMs: number;
  private polledAt = 0;
  private isWoken = false;
  private isImmediate = false;
  /** Lets the current wait end by this time, if it would end later. */
  private endBy: ((at: number) => void) | undefined;

  constructor(options: PollerOptions, listener: Pick<Listener, 'isReceiving'>, forget: () => void) {
    this.options = options;
    this.listener = listener;
    this.forget = forget;
    this.intervalMs = options.leastMs;
  }

  /**
   * Resolves when it is time to poll again, after `mostMs` at the latest, and soon when woken since the last poll
   * began.
   */
  async wait(mostMs = Number.POSITIVE_INFINITY): Promise<void> {
    const { leastMs } = this.options;
    const now = performance.now();
    await new Promise<void>((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      let end = Number.POSITIVE_INFINITY;
      this.endBy = (at) => {
        if (at >= end) return;
        end = at;
        clearTimeout(timer);
        timer = setTimeout(resolve, Math.max(0, at - performance.now()));
      };
      this.endBy(now + Math.min(this.listener.isReceiving ? this.intervalMs : leastMs, mostMs));
      if (this.isWoken) this.endBy(this.nextPoll());
      if (this.isImmediate) this.endBy(now);
    });
    this.endBy = undefined;
    this.intervalMs = this.isWoken ? leastMs : Math.min(this.intervalMs * growth, this.options.mostMs);
    this.isWoken = false;
    this.isImmediate = false;
    this.polledAt = performance.now();
  }

  /** Ends the wait, but polls stay at least `leastMs` apart, however often this is called. */
  wake(): void {
    this.isWoken = true;
    this.endBy?.(this.nextPoll());
  }

  /** Ends the wait at once. */
  wakeNow(): void {
    this.isWoken = true;
    this.isImmediate = true;
    this.endBy?.(performance.now());
  }

  close(): void {
    this.forget();
    this.wakeNow();
  }

  private nextPoll(): number {
    return this.polledAt + this.options.leastMs;
  }
}
