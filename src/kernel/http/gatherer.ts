/** How many go together at most. */
const together_max = 16;
/** Whoever waits for something that takes longer goes on without it. */
const wait_ms_max = 10;
/** Those who were answered together come back one after the other: the first waits so long for them. */
const company_ms = 1;
/** For so long it is expected that those who came together come together again. */
const lately_ms = 100;

interface Waiting<Item, Result> {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

interface Line<Item, Result> {
  /** How many groups are on their way. */
  underWay: number;
  /** How many were in the last group. */
  last: number;
  waiting: Waiting<Item, Result>[];
  /** When those who wait leave, or the line is forgotten. */
  timer?: NodeJS.Timeout;
}

/**
 * While something of a kind is done, more of that kind waits, for a moment, and is done together then. What comes alone is done at once, but for
 * a moment after several came together (as PostgreSQL delays a commit while others are under way, `commit_siblings`).
 */
export class Gatherer<Item, Result> {
  private readonly lines = new Map<string, Line<Item, Result>>();
  private readonly work: (items: Item[]) => Promise<Promise<Result>[]>;
  private readonly callerOf: (item: Item) => unknown;

  /** `work` answers, when others may follow, with what becomes of each item, in order, and does not throw. Callers take turns. */
  constructor(work: (items: Item[]) => Promise<Promise<Result>[]>, callerOf: (item: Item) => unknown) {
    this.work = work;
    this.callerOf = callerOf;
  }

  do(kind: string, item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      const line = this.lines.get(kind) ?? { underWay: 0, last: 0, waiting: [] };
      this.lines.set(kind, line);
      line.waiting.push({ item, resolve, reject });
      if (line.waiting.length > 1) return;
      clearTimeout(line.timer);
      if (line.underWay > 0) this.leaveIn(wait_ms_max, kind, line);
      else if (line.last > 1) this.leaveIn(company_ms, kind, line);
      // What has arrived with the first goes along.
      else setImmediate(() => this.leave(kind, line));
    });
  }

  private leaveIn(ms: number, kind: string, line: Line<Item, Result>): void {
    line.timer = setTimeout(() => this.leave(kind, line), ms);
  }

  private leave(kind: string, line: Line<Item, Result>): void {
    clearTimeout(line.timer);
    if (line.waiting.length > together_max) line.waiting = this.inTurns(line.waiting);
    const leaving = line.waiting.splice(0, together_max);
    if (line.waiting.length > 0) this.leaveIn(wait_ms_max, kind, line);
    line.underWay++;
    void this.work(leaving.map(({ item }) => item)).then((results) => {
      for (const [index, { resolve, reject }] of leaving.entries()) results[index]!.then(resolve, reject);
      line.underWay--;
      line.last = leaving.length;
      if (line.waiting.length > 0) this.leave(kind, line);
      else if (line.underWay === 0) line.timer = setTimeout(() => this.lines.delete(kind), lately_ms);
    });
  }

  /** One of each caller, then another of each: nobody waits for all that somebody else has sent. */
  private inTurns(waiting: Waiting<Item, Result>[]): Waiting<Item, Result>[] {
    const turns = new Map<unknown, number>();
    return waiting
      .map((each) => {
        const caller = this.callerOf(each.item);
        const turn = turns.get(caller) ?? 0;
        turns.set(caller, turn + 1);
        return { each, turn };
      })
      .sort((a, b) => a.turn - b.turn)
      .map(({ each }) => each);
  }
}
