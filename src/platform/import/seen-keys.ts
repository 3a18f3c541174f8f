import { hash } from 'node:crypto';

/**
 * Keys are spread over so many tables by their hash. Each grows by itself, so that only a part of all keys is in memory
 * twice while it does.
 */
const tables = 64;
const capacity_start = 64;
const filled_max = 0.8;
/** Moving what there is takes a moment of each time a table grows; memory that is empty lasts for the whole import. */
const growth = 1.25;
/** 64 bits of the hash, and the row. */
const numbers_per_key = 3;

/**
 * The row in which each key of a file first stood: 64 bits of its hash and the row, 15 to 19 bytes a key, so that files
 * of millions of rows are checked in little memory.
 */
export class SeenKeys {
  readonly #tables = Array.from({ length: tables }, () => new Table());

  /** The row that had this key before; undefined when none did, and then this one has it. */
  first(key: string, row: number): number | undefined {
    const { table, high, low } = this.#find(key);
    const before = table.rowOf(high, low);
    if (before === undefined) table.add(high, low, row);
    return before;
  }

  /** The row that has this key. */
  rowOf(key: string): number | undefined {
    const { table, high, low } = this.#find(key);
    return table.rowOf(high, low);
  }

  #find(key: string) {
    const digest = hash('md5', key, 'binary');
    return { table: this.#tables[digest.charCodeAt(8) % tables]!, high: numberAt(digest, 0), low: numberAt(digest, 4) };
  }
}

/**
 * 32 bits of a text of bytes: a buffer for each key would be memory outside of the heap, which is scattered when it is
 * given back.
 */
const numberAt = (bytes: string, at: number): number =>
  ((bytes.charCodeAt(at) << 24) |
    (bytes.charCodeAt(at + 1) << 16) |
    (bytes.charCodeAt(at + 2) << 8) |
    bytes.charCodeAt(at + 3)) >>>
  0;

/** A hash table with linear probing. */
class Table {
  #capacity = capacity_start;
  #numbers = new Uint32Array(capacity_start * numbers_per_key);
  #size = 0;

  rowOf(high: number, low: number): number | undefined {
    return this.#numbers[this.#place(high, low) + 2] || undefined;
  }

  /** A key that is not there. */
  add(high: number, low: number, row: number): void {
    if (this.#size >= this.#capacity * filled_max) this.#grow();
    this.#set(this.#place(high, low), high, low, row);
    this.#size++;
  }

  /** Where the key is, or the free place where it belongs. Rows are numbered from 1, so 0 is free. */
  #place(high: number, low: number): number {
    const numbers = this.#numbers;
    let at = Math.floor((low / 2 ** 32) * this.#capacity) * numbers_per_key;
    while (numbers[at + 2] !== 0 && (numbers[at] !== high || numbers[at + 1] !== low)) {
      at += numbers_per_key;
      if (at === numbers.length) at = 0;
    }
    return at;
  }

  #set(at: number, high: number, low: number, row: number): void {
    this.#numbers[at] = high;
    this.#numbers[at + 1] = low;
    this.#numbers[at + 2] = row;
  }

  #grow(): void {
    const outgrown = this.#numbers;
    this.#capacity = Math.ceil(this.#capacity * growth);
    this.#numbers = new Uint32Array(this.#capacity * numbers_per_key);
    for (let at = 0; at < outgrown.length; at += numbers_per_key) {
      const [high, low, row] = [outgrown[at]!, outgrown[at + 1]!, outgrown[at + 2]!];
      if (row !== 0) this.#set(this.#place(high, low), high, low, row);
    }
    // Left to V8, what was outgrown would stay for a while, and be more than what there is.
    outgrown.buffer.transfer(0);
  }
}
