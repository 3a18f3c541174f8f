import type { BaseLogger } from 'pino';
import type { LogLine } from './line.ts';
import type { LogStore } from './log-store.ts';
import type { Spill } from './spill.ts';

const flush_ms = 250;
/** A few lines cost the database as much as many, so those that tell of nothing wrong wait for one another. */
const wait_ms = 1_000;
const worth_lines = 1_000;
const urgent_level = 40;
const batch_lines_max = 2_000;
/** Lines in memory while the store takes its time; then they go to disk. */
const buffer_lines_max = 20_000;
const buffer_characters_max = 32 * 1024 * 1024;
/** How often the store is tried again while it is away. */
const retry_ms = { least: 1_000, most: 15_000 };
/** How often somebody looks for what processes left that are gone. */
const adopt_ms = 60_000;
const stop_ms_max = 3_000;

interface ShipperOptions {
  store: Pick<LogStore, 'append' | 'close'>;
  spill: Spill;
  /** The log whose lines they are. */
  log: Pick<BaseLogger, 'info' | 'warn'>;
}

/**
 * Sends lines to the store, many at a time and behind the back of who wrote them. While the store is away, they are
 * written to disk as soon as they come. A process that is killed loses the lines of its last second here, and of
 * warnings and errors those of the last quarter of a second; stdout had them sooner.
 */
export class LogShipper {
  private readonly options: ShipperOptions;
  private buffer: LogLine[] = [];
  private characters = 0;
  private sending: LogLine[] = [];
  private lost = 0;
  private spilled = 0;
  private away = false;
  private retryAt = 0;
  private retryMs = retry_ms.least;
  private adoptAt = 0;
  private running: Promise<void> | undefined;
  private spilling: Promise<void> = Promise.resolve();
  private stopping = false;
  private readonly timer: NodeJS.Timeout;
  private readonly atExit = () => this.spillNow();

  constructor(options: ShipperOptions) {
    this.options = options;
    this.timer = setInterval(() => this.flush(), flush_ms);
    this.timer.unref();
    process.on('exit', this.atExit);
  }

  /** Lines that wait on disk since the store was reached last. */
  get waitingOnDisk(): number {
    return this.spilled;
  }

  add(line: LogLine): void {
    this.buffer.push(line);
    this.characters += line.data.length + line.message.length;
    if (this.buffer.length >= buffer_lines_max || this.characters >= buffer_characters_max) this.spillBuffer();
    else if (this.buffer.length >= batch_lines_max && !this.running && !this.away) this.flush();
  }

  /** Sends what there is; what cannot be sent in time waits on disk for the next start. */
  async stop(): Promise<void> {
    this.stopping = true;
    clearInterval(this.timer);
    const late = new Promise<void>((resolve) => setTimeout(resolve, stop_ms_max).unref());
    await Promise.race([this.running, late]);
    // Lines whose sending hangs are not overwritten by the next: they wait on disk too.
    if (!this.away && !this.running) await Promise.race([this.send().catch(() => {}), late]);
    await this.spilling;
    this.spillNow();
    process.off('exit', this.atExit);
    await Promise.race([this.options.store.close(), late]);
  }

  private flush(): void {
    if (this.away && this.buffer.length > 0) this.spillBuffer();
    if (this.running || this.stopping) return;
    const now = Date.now();
    if (this.away ? now < this.retryAt : !this.isWorthSending(now) && this.spilled === 0 && now < this.adoptAt) return;
    this.running = this.send()
      .catch((error: Error) => this.failed(error))
      .finally(() => {
        this.running = undefined;
      });
  }

  /** Whether what waits is much, has waited for long (or the clock was set since), or tells of something wrong. */
  private isWorthSending(now: number): boolean {
    const [first] = this.buffer;
    if (!first) return false;
    return (
      this.buffer.length >= worth_lines ||
      Math.abs(now - Date.parse(first.at)) >= wait_ms ||
      this.buffer.some(({ level }) => level >= urgent_level)
    );
  }

  private async send(): Promise<void> {
    const { store, spill, log } = this.options;
    if (this.away || this.spilled > 0 || Date.now() >= this.adoptAt) {
      await this.spilling;
      const { spilled, lost } = this;
      await spill.drain(async (lines) => {
        for (let i = 0; i < lines.length; i += batch_lines_max) {
          await store.append(lines.slice(i, i + batch_lines_max));
          // The store is there: after a lost connection the rest follows soon.
          this.retryMs = retry_ms.least;
        }
      });
      this.adoptAt = Date.now() + adopt_ms;
      // Lines that came meanwhile are on disk too, and are sent next.
      this.spilled = Math.max(0, this.spilled - spilled);
      this.lost = Math.max(0, this.lost - lost);
      [this.away, this.retryMs] = [false, retry_ms.least];
      if (spilled > 0 || lost > 0)
        log.info({ stored: spilled, lost }, 'lines of the log that waited on disk are stored');
    }
    while (this.buffer.length > 0) {
      this.sending = this.buffer.slice(0, batch_lines_max);
      this.buffer = this.buffer.slice(batch_lines_max);
      this.characters = this.buffer.reduce((sum, { data, message }) => sum + data.length + message.length, 0);
      await store.append(this.sending);
      this.sending = [];
    }
  }

  private failed(error: Error): void {
    this.retryAt = Date.now() + this.retryMs;
    this.retryMs = Math.min(this.retryMs * 2, retry_ms.most);
    const wasAway = this.away;
    this.away = true;
    this.spillBuffer();
    if (!wasAway) this.options.log.warn({ err: error }, 'the log store cannot be reached: lines wait on disk');
  }

  private takeAll(): LogLine[] {
    const lines = [...this.sending, ...this.buffer];
    [this.sending, this.buffer, this.characters] = [[], [], 0];
    return lines;
  }

  /** Lines that are being sent may have been stored; the store then ignores them. */
  private spillBuffer(): void {
    const lines = this.running && !this.away ? this.buffer.splice(0) : this.takeAll();
    this.characters = 0;
    if (lines.length === 0) return;
    this.spilled += lines.length;
    this.spilling = this.spilling
      .then(() => this.options.spill.write(lines))
      .then((written) => {
        if (!written) this.lose(lines.length);
      })
      .catch(() => this.lose(lines.length));
  }

  /** Stdout has them; the store is told how many it lacks. */
  private lose(count: number): void {
    if (this.lost === 0)
      this.options.log.warn({ count }, 'lines of the log cannot wait on disk any more: they are on stdout alone');
    this.lost += count;
    this.spilled -= count;
  }

  private spillNow(): void {
    const lines = this.takeAll();
    if (lines.length === 0) return;
    try {
      this.options.spill.writeNow(lines);
    } catch {
      process.stderr.write(`${lines.length} lines of the log could not be kept for the store\n`);
    }
  }
}
