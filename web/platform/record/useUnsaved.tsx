import { useBlocker } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { DiscardDialog } from './DiscardDialog.tsx';

/** Asks before the page is left with something that was typed there and not saved. What is returned has to be drawn. */
export function useUnsaved(isUnsaved: boolean): ReactNode {
  const { status, proceed, reset } = useBlocker({
    disabled: !isUnsaved,
    shouldBlockFn: ({ current, next }) => current.pathname !== next.pathname,
    withResolver: true,
  });
  return <DiscardDialog open={status === 'blocked'} onClose={() => reset?.()} onDiscard={() => proceed?.()} />;
}
