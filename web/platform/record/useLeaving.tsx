import { useBlocker } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { DiscardDialog } from './DiscardDialog.tsx';

/**
 * How a form in a dialog is left: at once, or where something was typed that would be lost, once that has been asked.
 * The dialog lies over every link, so that beside its own buttons only Back, Forward and the browser's own ways of
 * leaving the page lead away from it.
 */
export function useLeaving(isTyped: boolean, onClose: () => void): { leave: () => void; question: ReactNode } {
  const [asking, setAsking] = useState(false);
  const { status, proceed, reset } = useBlocker({
    disabled: !isTyped,
    shouldBlockFn: ({ action }) => action !== 'PUSH' && action !== 'REPLACE',
    withResolver: true,
  });
  return {
    leave: () => (isTyped ? setAsking(true) : onClose()),
    question: (
      <DiscardDialog
        open={asking || status === 'blocked'}
        onClose={() => {
          setAsking(false);
          reset?.();
        }}
        onDiscard={() => {
          onClose();
          proceed?.();
        }}
      />
    ),
  };
}
