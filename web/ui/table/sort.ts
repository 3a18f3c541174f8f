import type { Sort } from './column.ts';

/** As many as the API takes. */
const sorts_max = 3;

/** A click sorts by this field alone, and turns it around when it is so already. */
export function sortBy(sort: readonly Sort[], key: string): Sort[] {
  const [only] = sort;
  return [{ key, descending: sort.length === 1 && only?.key === key && !only.descending }];
}

/** With Shift it comes after those there are; once more turns it around, and then takes it out. */
export function sortAlsoBy(sort: readonly Sort[], key: string): Sort[] {
  const found = sort.find((each) => each.key === key);
  if (!found) return [...sort.slice(0, sorts_max - 1), { key, descending: false }];
  if (!found.descending) return sort.map((each) => (each === found ? { key, descending: true } : each));
  return sort.filter((each) => each !== found);
}

/** `-amount,name`, as the API and the address have it. */
export function readSort(text: string): Sort[] {
  const parts = text.split(',').filter((part) => part !== '');
  return parts
    .slice(0, sorts_max)
    .map((part) =>
      part.startsWith('-') ? { key: part.slice(1), descending: true } : { key: part, descending: false },
    );
}

export const writeSort = (sort: readonly Sort[]): string | null =>
  sort.map(({ key, descending }) => `${descending ? '-' : ''}${key}`).join() || null;
