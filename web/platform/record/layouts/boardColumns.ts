import { type AnyRecord, type FieldDef, type Named, readField } from '../field.ts';
import type { Group } from './groups.ts';

/** Choices have a column each, empty ones too; of records, those there are. Every group with records in it has one. */
export function columnsOf(by: FieldDef, groups: readonly Group[]): Group[] {
  const choices = by.kind === 'boolean' ? ['true', 'false'] : by.options?.map(({ value }) => value);
  if (by.kind === 'reference' || !choices) return [...groups];
  const chosen = choices.map(
    (value): Group =>
      groups.find((group) => group.value === value) ?? {
        value,
        name: null,
        count: 0,
        filter: { field: by.key, op: 'eq', value: by.kind === 'boolean' ? value === 'true' : value },
      },
  );
  // A field that became required later is still empty in records from before.
  const others = groups.filter(({ value }) => value === null || !choices.includes(value));
  const canBeEmpty = !by.required && by.kind !== 'boolean' && !others.some(({ value }) => value === null);
  const none: Group = { value: null, name: null, count: 0, filter: { field: by.key, op: 'is_empty' } };
  return [...chosen, ...others, ...(canBeEmpty ? [none] : [])];
}

/** The column that a record belongs to by its value. */
export function columnIdOf(by: FieldDef, record: AnyRecord): string {
  const value = readField(record, by);
  // A missing boolean counts as false.
  if (by.kind === 'boolean') return String(value === true);
  return by.kind === 'reference' && typeof value === 'object'
    ? ((value as Named | null)?.id ?? '')
    : String(value ?? '');
}

interface ReadColumn<T> {
  id: string;
  cards: readonly T[];
}

/**
 * The cards of each column, where those that were read in another one stand first. Columns are read one by one, so that
 * a card may have been read in two of them: its newer version counts.
 */
export function placeCards<T extends { id: string; version: number }>(
  columns: readonly ReadColumn<T>[],
  columnIdOf: (card: T) => string,
): T[][] {
  const ids = new Set(columns.map(({ id }) => id));
  const placed = new Map<string, { card: T; from: string; to: string }>();
  for (const { id: from, cards } of columns)
    for (const card of cards) {
      const other = placed.get(card.id);
      if (other && other.card.version >= card.version) continue;
      placed.delete(card.id);
      const to = columnIdOf(card);
      placed.set(card.id, { card, from, to: ids.has(to) ? to : from });
    }
  const all = [...placed.values()];
  return columns.map(({ id }) => {
    const here = all.filter(({ to }) => to === id);
    const coming = here.filter(({ from }) => from !== id);
    return [...coming, ...here.filter(({ from }) => from === id)].map(({ card }) => card);
  });
}
