import { type ComponentProps, lazy, Suspense } from 'react';
import type TaskDialog from './TaskDialog.tsx';

const Dialog = lazy(() => import('./TaskDialog.tsx'));

/** The dialog of a task, fetched when it is opened first: pages that show tasks do without its controls until then. */
export function LazyTaskDialog(props: ComponentProps<typeof TaskDialog>) {
  return (
    <Suspense>
      <Dialog {...props} />
    </Suspense>
  );
}
