import { availableParallelism } from 'node:os';

/**
 * How many parts of a check run at once: half the cores of the machine, since the installation works on beside it, but
 * two in any case, and not more than four.
 */
export const lanes_usual = Math.min(4, Math.max(2, Math.floor(availableParallelism() / 2)));

interface Waiting {
  weight: number;
  go: () => void;
}

/**
 * Runs so many pieces of work at a time, of those that wait the heaviest first, so that none of the long ones is left
 * for the end.
 */
export class Lanes {
  private free: number;
  private readonly waiting: Waiting[] = [];

  constructor(count = lanes_usual) {
    this.free = count;
  }

  async run<R>(weight: number, work: () => Promise<R>): Promise<R> {
    // Also the first of many waits until all have been named.
    await new Promise<void>((go) => {
      this.waiting.push({ weight, go });
      setImmediate(() => this.next());
    });
    try {
      return await work();
    } finally {
      this.free++;
      this.next();
    }
  }

  private next(): void {
    while (this.free > 0 && this.waiting.length > 0) {
      const heaviest = this.waiting.reduce((best, one) => (one.weight > best.weight ? one : best));
      this.waiting.splice(this.waiting.indexOf(heaviest), 1);
      this.free--;
      heaviest.go();
    }
  }
}
