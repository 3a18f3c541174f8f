import { type ColumnProfile, ColumnProfiler } from './infer.ts';
import { englishNumbers, germanNumbers } from './number.ts';
import { readRows } from './read.ts';
import type { Sniff } from './sniff.ts';

/** The columns of a file, or of its first bytes: what its values look like. */
export async function profileColumns(
  source: AsyncIterable<Uint8Array>,
  { dialect, columns }: Sniff,
): Promise<ColumnProfile[]> {
  // Files with semicolons come from where the comma parts decimals.
  const likelyNumbers = dialect.delimiter === ';' ? germanNumbers : englishNumbers;
  const profilers = columns.map((name) => new ColumnProfiler(name, likelyNumbers));
  for await (const { rows } of readRows(source, dialect, { columns })) {
    for (const { cells } of rows) {
      for (let at = 0; at < profilers.length; at++) profilers[at]!.add(cells[at]!);
    }
  }
  return profilers.map((profiler) => profiler.profile());
}
