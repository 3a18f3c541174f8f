import type { BackupStore } from './backup-store.ts';
import { formatLsn, pieceName, segment_bytes, segmentStart } from './lsn.ts';
import { ReplicationConnection } from './replication.ts';

/** What is younger is not sent yet, but for what fills a segment. */
export const flush_seconds = 15;
const status_ms = 5_000;
/** Microseconds from 1970 to 2000, from where PostgreSQL counts. */
const postgres_epoch_us = 946_684_800_000_000n;

/** Sends the log from a segment's start on to the backup store, in pieces that end with a segment or after a while. */
export class WalStream {
  private readonly backups: BackupStore;
  private readonly url: string;
  private readonly timeline: number;
  private readonly beforePut: () => Promise<void>;
  private readonly afterPut: (to: bigint) => void;
  private parts: Buffer[] = [];
  private from: bigint;
  private to: bigint;
  private sent: bigint;
  private tail: Promise<void> = Promise.resolve();
  private failure: Error | undefined;

  constructor(
    backups: BackupStore,
    url: string,
    timeline: number,
    from: bigint,
    beforePut: () => Promise<void> = async () => {},
    afterPut: (to: bigint) => void = () => {},
  ) {
    this.beforePut = beforePut;
    this.afterPut = afterPut;
    this.backups = backups;
    this.url = url;
    this.timeline = timeline;
    this.from = segmentStart(from);
    this.to = this.from;
    this.sent = this.from;
  }

  /** Everything before is in the backup store. */
  get shipped(): bigint {
    return this.sent;
  }

  /**
   * Follows the log until the signal, or until all before a position is sent. Fails when the server or the backup store
   * does.
   */
  async run({ slotName, until, signal }: { slotName?: string; until?: bigint; signal?: AbortSignal }): Promise<void> {
    const connection = new ReplicationConnection(this.url);
    await connection.connect();
    const stream = connection.start(
      `START_REPLICATION ${slotName ? `SLOT ${slotName} ` : ''}PHYSICAL ${formatLsn(this.from)} TIMELINE ${this.timeline}`,
    );
    const report = () => stream.send(this.status());
    const stop = () => stream.data.destroy();
    signal?.addEventListener('abort', stop, { once: true });
    const timers = [
      setInterval(report, status_ms),
      setInterval(() => void this.flush().then(report).catch(stop), flush_seconds * 1_000),
    ];
    try {
      for await (const message of stream.data as AsyncIterable<Buffer>) {
        if (this.failure) throw this.failure;
        const before = this.sent;
        if (message[0] === 0x77 /* w */) await this.take(message);
        else if (message[0] === 0x6b /* k */ && message[17] === 1) report();
        // Whoever waits until a change is in the backup store asks the server.
        if (this.sent !== before) report();
        if (until !== undefined && this.to >= until) break;
      }
    } catch (error) {
      if (!signal?.aborted) throw error;
    } finally {
      for (const timer of timers) clearInterval(timer);
      signal?.removeEventListener('abort', stop);
      await this.flush().finally(() => connection.destroy());
    }
    if (this.failure) throw this.failure;
  }

  /** Message: w, position of the first byte, end of the log on the server, time; then the bytes. */
  private async take(message: Buffer): Promise<void> {
    const at = message.readBigUInt64BE(1);
    if (at !== this.to) throw new Error(`The log continues at ${formatLsn(at)}, not at ${formatLsn(this.to)}`);
    for (let bytes = message.subarray(25); bytes.length > 0; ) {
      const room = Number(segmentStart(this.to) + segment_bytes - this.to);
      const part = bytes.subarray(0, room);
      this.parts.push(part);
      this.to += BigInt(part.length);
      bytes = bytes.subarray(part.length);
      if (this.to % segment_bytes === 0n) await this.flush();
    }
  }

  private flush(): Promise<void> {
    const [from, to, bytes] = [this.from, this.to, Buffer.concat(this.parts)];
    this.parts = [];
    this.from = to;
    this.tail = this.tail.then(async () => {
      if (bytes.length === 0 || this.failure) return;
      try {
        await this.beforePut();
        await this.backups.put('wal', pieceName({ timeline: this.timeline, from, to }), bytes);
        this.sent = to;
        this.afterPut(to);
      } catch (error) {
        // What came after it must not be taken for complete.
        this.failure = error as Error;
        throw error;
      }
    });
    return this.tail;
  }

  /** What is in the backup store counts as written, flushed and applied. */
  private status(): Buffer {
    const message = Buffer.alloc(34);
    message.write('r', 0);
    for (const at of [1, 9, 17]) message.writeBigUInt64BE(this.sent, at);
    message.writeBigInt64BE(BigInt(Date.now()) * 1000n - postgres_epoch_us, 25);
    return message;
  }
}
