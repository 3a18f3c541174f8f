export interface PartOptions<Reading> {
  name: string;
  /** For how long a reading is shown before the next scrape asks again. */
  freshMs: number;
  /** How long a scrape waits for a reading; then it goes without. */
  waitMs: number;
  /** Scrapes do not wait at all; they show the last reading. */
  inBackground?: boolean;
  read: () => Promise<Reading>;
  /** Undefined: it could not be asked, and nothing is shown rather than something old. */
  show: (reading: Reading | undefined) => void;
  failed: (error: Error) => void;
}

/**
 * Figures that have to be asked for, together. However many scrape, one reading is under way at most, and a reading
 * that never ends delays one scrape once.
 */
export class Part<Reading> {
  readonly name: string;
  /** Undefined until the first reading. */
  up: boolean | undefined;
  private readonly options: PartOptions<Reading>;
  private readAt = Number.NEGATIVE_INFINITY;
  private waiting: Promise<void> | undefined;

  constructor(options: PartOptions<Reading>) {
    this.name = options.name;
    this.options = options;
  }

  /** Settles when the figures are as new as they will be for this scrape. */
  refresh(): Promise<void> {
    const { freshMs, inBackground = false } = this.options;
    if (!this.waiting && performance.now() - this.readAt >= freshMs) this.begin();
    return inBackground ? Promise.resolve() : (this.waiting ?? Promise.resolve());
  }

  private begin(): void {
    const { read, waitMs, failed } = this.options;
    let settled = false;
    const reading = read()
      .then(
        (result) => this.end(result),
        (error: Error) => {
          this.end(undefined);
          failed(error);
        },
      )
      .finally(() => {
        settled = true;
        this.waiting = undefined;
      });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        if (!settled) {
          this.end(undefined);
          failed(new Error(`No answer within ${waitMs} ms`));
          // The next scrapes need not wait for what is late already.
          this.waiting = Promise.resolve();
        }
        resolve();
      }, waitMs).unref();
    });
    this.waiting = Promise.race([reading, late]).finally(() => clearTimeout(timer));
  }

  private end(reading: Reading | undefined): void {
    this.readAt = performance.now();
    this.up = reading !== undefined;
    this.options.show(reading);
  }
}
