import { type ComponentProps, Suspense, useDeferredValue } from 'react';
import { LazyRecordPanel } from './lazyList.ts';

type OpenRecordProps = Omit<ComponentProps<typeof LazyRecordPanel>, 'id' | 'neighbours'> & {
  id: string | undefined;
  /** The ids of those it stands among, in their order. */
  order: readonly string[];
};

/**
 * The record that is open beside its list. The list says first which one it is, and is drawn; the record comes right
 * after.
 */
export function OpenRecord({ id, order, ...panel }: OpenRecordProps) {
  const shown = useDeferredValue(id);
  return (
    <Suspense>
      {shown && <LazyRecordPanel id={shown} neighbours={neighboursOf(order, id ?? shown)} {...panel} />}
    </Suspense>
  );
}

function neighboursOf(order: readonly string[], id: string) {
  const at = order.indexOf(id);
  return { previous: at > 0 ? order[at - 1] : undefined, next: at >= 0 ? order[at + 1] : undefined };
}
