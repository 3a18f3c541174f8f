import { setImmediate as turn } from 'node:timers/promises';

const slice_items = 250;

/** Goes through many things a few milliseconds at a time, so that a process that also serves is never away for long. */
export async function inSlices<T>(items: readonly T[], work: (item: T) => void): Promise<void> {
  for (let from = 0; from < items.length; from += slice_items) {
    for (let at = from; at < Math.min(from + slice_items, items.length); at++) work(items[at]!);
    await turn();
  }
}
