import { maskOf } from '../../kernel/contract/mask.ts';
import { type LoadRow, refuseRow, textsOfRow } from './load.ts';
import { indexColumn } from './sealed.ts';
import { SeenKeys } from './seen-keys.ts';
import type { MatchKey, Sharing } from './target.ts';

/** Of a row, how many keys are kept: with the second, a later row without the first one is still known. */
const keys_kept_max = 2;

/** Refuses rows that are about a record of an earlier row of their file. */
export class DuplicateCheck {
  readonly #keys: readonly MatchKey[];
  readonly #sharing: Sharing | undefined;
  readonly #seen = new SeenKeys();
  readonly #records = new SeenKeys();
  /** Keys of rows that make a record and lack the strongest key. */
  readonly #alone = new SeenKeys();
  /** Those of them that are the same as a row with a stronger key: one with another stronger key is not. */
  readonly #claimed = new SeenKeys();

  constructor(keys: readonly MatchKey[], sharing?: Sharing) {
    this.#keys = keys;
    this.#sharing = sharing;
  }

  /** By the strongest key that the row has. */
  byKey(row: LoadRow): void {
    const present = this.#present(row).slice(0, keys_kept_max);
    const [earlier] = present.map((key) => this.#seen.first(this.#textOf(key, row), row.number));
    if (earlier === undefined) return;
    const [key] = present;
    const message = `Row ${row.number} is about the same record as row ${earlier}: both have the ${wordsOf(key!)} “${shownKey(key!, row)}”. Keep one of them.`;
    refuseRow(row, 'duplicate_row', message);
  }

  /**
   * By the record that the row has found or makes: two rows may have found it by different keys, and of two that make
   * it the first may lack the stronger key of the second, by which the second would have found it in the database.
   */
  byRecord(row: LoadRow): void {
    const earlier = row.found ? this.#records.first(row.id, row.number) : this.#makesSame(row);
    if (earlier === undefined || earlier === row.number) return;
    const lacking = this.#lackedBy(row, earlier);
    const message = lacking
      ? `Row ${row.number} is about the same record as row ${earlier}, where the ${wordsOf(lacking)} is empty. Keep one of them, or fill it in there.`
      : `Row ${row.number} is about the same record as row ${earlier}. Keep one of them.`;
    refuseRow(row, 'duplicate_row', message);
  }

  #makesSame(row: LoadRow): number | undefined {
    const [strongest, ...weaker] = this.#present(row);
    if (!strongest) return undefined;
    for (const key of weaker) {
      const text = this.#textOf(key, row);
      const earlier = this.#alone.rowOf(text);
      if (earlier === undefined) continue;
      const claimant = this.#claimed.first(text, row.number) ?? row.number;
      if (claimant === row.number) return earlier;
    }
    if (strongest === this.#keys[0]) return undefined;
    // A row of a later batch finds the record there.
    this.#records.first(row.id, row.number);
    return this.#alone.first(this.#textOf(strongest, row), row.number);
  }

  /**
   * The key that the row has and the earlier one lacks. Unsaid, nobody sees why rows with different IDs should be the
   * same.
   */
  #lackedBy(row: LoadRow, earlier: number): MatchKey | undefined {
    const [strongest, ...weaker] = this.#present(row);
    return weaker.some((key) => this.#alone.rowOf(this.#textOf(key, row)) === earlier) ? strongest : undefined;
  }

  /** Two rows in both of which something is empty are not the same by that. */
  #present(row: LoadRow): MatchKey[] {
    const values = textsOfRow(row);
    return this.#keys.filter(({ columns }) => columns.every((column) => values[column] != null));
  }

  #textOf({ columns, isShared, within = [] }: MatchKey, row: LoadRow): string {
    const values = textsOfRow(row);
    return JSON.stringify([
      columns[0],
      ...[...columns, ...within].map((column) => values[column] ?? null),
      ...(isShared && this.#sharing ? [this.#sharing.keyOf(values)] : []),
    ]);
  }
}

/** What people see of the value of a key: of a sealed field, its mask. */
function shownKey({ columns, from }: MatchKey, { values, secrets }: LoadRow): string | null | undefined {
  const [field] = from;
  const secret = secrets?.[field!];
  return secret != null && columns[0] === indexColumn(field!) ? maskOf(secret, 'last4') : values[columns[0]!];
}

const wordsOf = ({ columns }: MatchKey): string => columns[0]!.replace(/_(?:key|index)$/, '').replace(/_/g, ' ');
