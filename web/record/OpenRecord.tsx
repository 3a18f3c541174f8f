import { type ComponentProps, Suspense, useDeferredValue } from 'react';
import { firstId } from '../offline/arrivals.ts';
import type { AnyRecord } from './field.ts';
import { LazyRecordPanel } from './lazyParts.ts';

type OpenRecordProps = Omit<ComponentProps<typeof LazyRecordPanel>, 'id' | 'neighbours'> & {
  id: string | undefined;
  /** Those it stands among, one above the other. */
  rows?: readonly AnyRecord[];
};

/** The record that is open beside its list. The list says first which one it is, and is drawn; the record comes right after. */
export function OpenRecord({ id, rows = [], ...panel }: OpenRecordProps) {
  const shown = useDeferredValue(id);
  return (
    <Suspense>
      {shown && (
        <LazyRecordPanel key={firstId(shown)} id={shown} neighbours={neighboursOf(rows, id ?? shown)} {...panel} />
      )}
    </Suspense>
  );
}

function neighboursOf(rows: readonly AnyRecord[], id: string) {
  const at = rows.findIndex((row) => row.id === id);
  return { previous: at > 0 ? rows[at - 1]?.id : undefined, next: at >= 0 ? rows[at + 1]?.id : undefined };
}
