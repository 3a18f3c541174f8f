import type { Labels, Metric, Registry } from '../../kernel/metrics/registry.ts';

/** Replaces all that a figure shows; nothing for a value that is not known. */
export type Show = (values: readonly (readonly [Labels, number | null])[]) => void;

/** A figure that is read as a whole from somewhere else, before the scrape is written. */
export function figure(registry: Registry, name: string, help: string, type: Metric['type'] = 'gauge'): Show {
  let shown: (readonly [Labels, number])[] = [];
  registry.add({ name, help, type, read: () => shown });
  return (values) => {
    shown = values.flatMap(([labels, value]) => (value === null ? [] : [[labels, value] as const]));
  };
}
