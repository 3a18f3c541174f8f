import { type ReactNode, useState } from 'react';
import { DiscardDialog } from './DiscardDialog.tsx';

/** How a form is left: at once, or where something was typed that would be lost, once that has been asked. */
export function useLeaving(isTyped: boolean, onClose: () => void): { leave: () => void; question: ReactNode } {
  const [asking, setAsking] = useState(false);
  return {
    leave: () => (isTyped ? setAsking(true) : onClose()),
    question: <DiscardDialog open={asking} onClose={() => setAsking(false)} onDiscard={onClose} />,
  };
}
