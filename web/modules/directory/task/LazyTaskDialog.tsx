import { type ComponentProps, Suspense } from 'react';
import { lazyPart } from '../../../text/lazy.ts';
import type TaskDialog from './TaskDialog.tsx';

const Dialog = lazyPart(() => import('./TaskDialog.tsx'));

/** The dialog of a task, fetched when it is opened first: pages that show tasks do without its controls until then. */
export function LazyTaskDialog(props: ComponentProps<typeof TaskDialog>) {
  return (
    <Suspense>
      <Dialog {...props} />
    </Suspense>
  );
}
