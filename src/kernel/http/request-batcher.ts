/** Items of a batch at most. */
const batch_max = 16;
/** An item waits no longer than this for a running batch to finish. */
const wait_ms_max = 10;
/** After a batch of several, the next item waits this long for others: their callers send again one after the other. */
const linger_ms = 1;
/** Keep lingering this long after a batch of several. */
const idle_ms = 100;

interface QueuedItem<Item, Result> {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

interface BatchQueue<Item, Result> {
  /** How many batches are running. */
  running: number;
  /** How many items the last batch had. */
  lastSize: number;
  waiting: QueuedItem<Item, Result>[];
  /** Flushes the queue, or removes it once it is idle. */
  timer?: NodeJS.Timeout;
}

/**
 * Batches items of the same kind. While a batch runs, further items wait for it, at most `wait_ms_max`, and form the next batch. An item that comes
 * while nothing runs is processed at once, unless the last batch had several: then it lingers (as PostgreSQL delays a commit while others are under
 * way, `commit_siblings`).
 */
export class RequestBatcher<Item, Result> {
  private readonly queues = new Map<string, BatchQueue<Item, Result>>();
  private readonly work: (items: Item[]) => Promise<Promise<Result>[]>;
  private readonly callerOf: (item: Item) => unknown;

  /** `work` resolves, once the next batch may start, to one promise for each item, in order, and does not throw. Callers take turns. */
  constructor(work: (items: Item[]) => Promise<Promise<Result>[]>, callerOf: (item: Item) => unknown) {
    this.work = work;
    this.callerOf = callerOf;
  }

  do(kind: string, item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      const queue = this.queues.get(kind) ?? { running: 0, lastSize: 0, waiting: [] };
      this.queues.set(kind, queue);
      queue.waiting.push({ item, resolve, reject });
      if (queue.waiting.length > 1) return;
      clearTimeout(queue.timer);
      if (queue.running > 0) this.flushIn(wait_ms_max, kind, queue);
      else if (queue.lastSize > 1) this.flushIn(linger_ms, kind, queue);
      // Items that arrive in the same turn of the event loop join the batch.
      else setImmediate(() => this.flush(kind, queue));
    });
  }

  private flushIn(ms: number, kind: string, queue: BatchQueue<Item, Result>): void {
    queue.timer = setTimeout(() => this.flush(kind, queue), ms);
  }

  private flush(kind: string, queue: BatchQueue<Item, Result>): void {
    clearTimeout(queue.timer);
    if (queue.waiting.length > batch_max) queue.waiting = this.inTurns(queue.waiting);
    const batch = queue.waiting.splice(0, batch_max);
    if (queue.waiting.length > 0) this.flushIn(wait_ms_max, kind, queue);
    queue.running++;
    void this.work(batch.map(({ item }) => item)).then((results) => {
      for (const [index, { resolve, reject }] of batch.entries()) results[index]!.then(resolve, reject);
      queue.running--;
      queue.lastSize = batch.length;
      if (queue.waiting.length > 0) this.flush(kind, queue);
      else if (queue.running === 0) queue.timer = setTimeout(() => this.queues.delete(kind), idle_ms);
    });
  }

  /** One item of each caller, then another of each, so that nobody waits for all that somebody else has sent. */
  private inTurns(waiting: QueuedItem<Item, Result>[]): QueuedItem<Item, Result>[] {
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
