/** How many go together at most. */
const together_max = 16;
/** Whoever waits for something that takes longer goes on without it. */
const wait_ms_max = 10;

interface Waiting<Item, Result> {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

interface Line<Item, Result> {
  /** How many groups are on their way. */
  underWay: number;
  waiting: Waiting<Item, Result>[];
  timer?: NodeJS.Timeout;
}

/**
 * While something of a kind is done, more of that kind waits, for a moment, and is done together then. What comes alone is done at once.
 */
export class Gatherer<Item, Result> {
  private readonly lines = new Map<string, Line<Item, Result>>();
  private readonly work: (items: Item[]) => Promise<Promise<Result>[]>;

  /** `work` answers, when others may follow, with what becomes of each item, in order, and does not throw. */
  constructor(work: (items: Item[]) => Promise<Promise<Result>[]>) {
    this.work = work;
  }

  do(kind: string, item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      const line = this.lines.get(kind) ?? { underWay: 0, waiting: [] };
      this.lines.set(kind, line);
      line.waiting.push({ item, resolve, reject });
      if (line.waiting.length > 1) return;
      // What has arrived with the first goes along.
      if (line.underWay === 0) setImmediate(() => this.leave(kind, line));
      else this.leaveInTime(kind, line);
    });
  }

  private leaveInTime(kind: string, line: Line<Item, Result>): void {
    line.timer = setTimeout(() => this.leave(kind, line), wait_ms_max);
  }

  private leave(kind: string, line: Line<Item, Result>): void {
    clearTimeout(line.timer);
    const leaving = line.waiting.splice(0, together_max);
    if (line.waiting.length > 0) this.leaveInTime(kind, line);
    line.underWay++;
    void this.work(leaving.map(({ item }) => item)).then((results) => {
      for (const [index, { resolve, reject }] of leaving.entries()) results[index]!.then(resolve, reject);
      line.underWay--;
      if (line.waiting.length > 0) this.leave(kind, line);
      else if (line.underWay === 0) this.lines.delete(kind);
    });
  }
}
