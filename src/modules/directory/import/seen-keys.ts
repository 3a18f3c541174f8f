import { hash } from 'node:crypto';

const capacity_start = 4_096;
const filled_max = 0.8;
/** Moving what there is takes a moment of each time it grows; memory that is empty lasts for the whole import. */
const growth = 1.25;

/**
 * The row in which each key of a file first stood: 64 bits of its hash and the row in typed arrays, 15 to 19 bytes a key, so that
 * files of millions of rows are checked in little memory.
 */
export class SeenKeys {
  #capacity = capacity_start;
  #high = new Uint32Array(this.#capacity);
  #low = new Uint32Array(this.#capacity);
  #rows = new Uint32Array(this.#capacity);
  #size = 0;

  /** The row that had this key before; undefined when none did, and then this one has it. */
  first(key: string, row: number): number | undefined {
    const digest = hash('md5', key, 'buffer');
    if (this.#size > this.#capacity * filled_max) this.#grow();
    const at = this.#place(digest.readUInt32LE(0), digest.readUInt32LE(4));
    if (this.#rows[at] !== 0) return this.#rows[at];
    this.#size++;
    this.#set(at, digest.readUInt32LE(0), digest.readUInt32LE(4), row);
    return undefined;
  }

  /** The row that has this key. */
  rowOf(key: string): number | undefined {
    if (this.#size === 0) return undefined;
    const digest = hash('md5', key, 'buffer');
    return this.#rows[this.#place(digest.readUInt32LE(0), digest.readUInt32LE(4))] || undefined;
  }

  /** Where the key is, or the free place where it belongs. Rows are numbered from 1, so 0 is free. */
  #place(high: number, low: number): number {
    let at = Math.floor((low / 2 ** 32) * this.#capacity);
    while (this.#rows[at] !== 0 && (this.#high[at] !== high || this.#low[at] !== low))
      at = at + 1 < this.#capacity ? at + 1 : 0;
    return at;
  }

  #set(at: number, high: number, low: number, row: number): void {
    this.#high[at] = high;
    this.#low[at] = low;
    this.#rows[at] = row;
  }

  #grow(): void {
    const [high, low, rows] = [this.#high, this.#low, this.#rows];
    this.#capacity = Math.ceil(this.#capacity * growth);
    this.#high = new Uint32Array(this.#capacity);
    this.#low = new Uint32Array(this.#capacity);
    this.#rows = new Uint32Array(this.#capacity);
    for (let at = 0; at < rows.length; at++) {
      if (rows[at] !== 0) this.#set(this.#place(high[at]!, low[at]!), high[at]!, low[at]!, rows[at]!);
    }
    // Left to V8, what was outgrown would stay for a while, and be more than what there is.
    for (const { buffer } of [high, low, rows]) buffer.transfer(0);
  }
}
