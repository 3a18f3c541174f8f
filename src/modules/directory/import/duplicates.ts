import { type LoadRow, refuseRow } from './load.ts';
import { SeenKeys } from './seen-keys.ts';
import type { MatchKey } from './target.ts';

/** Of a row, how many keys are kept: with the second, a later row without the first one is still known. */
const keys_kept_max = 2;

/** Refuses rows that are about a record of an earlier row, by the strongest key that a row has. */
export function duplicateCheck(keys: readonly MatchKey[]): (row: LoadRow) => void {
  const seen = new SeenKeys();
  return (row) => {
    const present = keys.filter(({ columns }) => row.values[columns[0]!] != null).slice(0, keys_kept_max);
    const [earlier] = present.map(({ columns }) =>
      seen.first(JSON.stringify([columns[0], ...columns.map((column) => row.values[column] ?? null)]), row.number),
    );
    if (earlier === undefined) return;
    const [column] = present[0]!.columns;
    const message = `Row ${row.number} is about the same record as row ${earlier}: both have the ${column!.replace(/_key$/, '').replace(/_/g, ' ')} “${row.values[column!]}”. Keep one of them.`;
    refuseRow(row, 'duplicate_row', message);
  };
}
