import type { RecordDefinition } from '../../platform/record/definition.ts';
import type { Condition, Filter } from '../../platform/record/filter/filter.ts';
import type { ListSearch } from '../../platform/record/listSearch.ts';

/** A filter has at most fifty conditions. */
const words_max = 10;
/** A sealed telephone number is found by so many digits at least. */
const digits_min = 6;

/**
 * The list of all records of a record type in which each of these words stands, open deals or not. `areSealed`: the
 * workspace may have sealed telephone numbers, which are found whole alone.
 */
export function allResults({ searched, contract }: RecordDefinition, text: string, areSealed: boolean): ListSearch {
  const numbers = areSealed ? searched.filter((field) => contract.meta.get(field)?.sealedIndex) : [];
  const others = searched.filter((field) => !numbers.includes(field));
  const holding = (value: string) => others.map((field): Condition => ({ field, op: 'contains', value }));
  const isNumber = /^[-+0-9 ()./]+$/.test(text) && text.replace(/\D/g, '').length >= digits_min;
  const filter =
    isNumber && numbers.length > 0
      ? anyOf([...numbers.map((field): Condition => ({ field, op: 'eq', value: text })), ...holding(text)])
      : { and: text.split(/\s+/).slice(0, words_max).map(holding).map(anyOf) };
  return { view: 'all', layout: 'table', filter };
}

const anyOf = ([first, ...more]: Condition[]): Filter => (more.length > 0 ? { or: [first!, ...more] } : first!);
