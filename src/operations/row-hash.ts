import { hash } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';

const line_end = 0x0a;
const lanes = 8;

/**
 * Counts the rows that pass, in COPY's text format, and hashes them so that their order does not matter: rows are read
 * in the order in which the server has them, which a restore does not keep, and sorting large tables would load it.
 * Each row's SHA-256 is added up in eight sums of 32 bits.
 */
export class RowHash extends Transform {
  rows = 0;
  private readonly sums = new Uint32Array(lanes);
  private rest: Buffer[] = [];

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    let from = 0;
    // COPY writes a line end inside a value as \n, so each one here ends a row.
    for (let end = chunk.indexOf(line_end); end >= 0; end = chunk.indexOf(line_end, from)) {
      const part = chunk.subarray(from, end);
      this.add(this.rest.length > 0 ? Buffer.concat([...this.rest, part]) : part);
      this.rest = [];
      from = end + 1;
    }
    if (from < chunk.length) this.rest.push(Buffer.from(chunk.subarray(from)));
    done(null, chunk);
  }

  override _flush(done: TransformCallback): void {
    done(this.rest.length > 0 ? new Error('The last row has no end: what was read is cut off') : null);
  }

  private add(row: Buffer): void {
    const digest = hash('sha256', row, 'buffer');
    for (let lane = 0; lane < lanes; lane++) this.sums[lane]! += digest.readUInt32LE(lane * 4);
    this.rows++;
  }

  /** Once all have passed. */
  result(): { rows: number; hash: string } {
    return { rows: this.rows, hash: Buffer.from(this.sums.buffer).toString('hex') };
  }
}
