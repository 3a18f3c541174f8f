import { AlertDialog as Base } from '@base-ui/react/alert-dialog';
import type { ReactNode } from 'react';
import { t } from '../text/text.ts';
import { Button } from './Button.tsx';
import { useReturnFocus } from './focusHeir.ts';

interface ConfirmDialogProps {
  open: boolean;
  title: string;
  description: ReactNode;
  /** The verb that happens, such as "Delete pipeline". */
  action: string;
  danger?: boolean;
  busy?: boolean;
  onConfirm: () => void;
  onClose: () => void;
}

/** For what cannot be undone from a toast. */
export function ConfirmDialog({
  open,
  title,
  description,
  action,
  danger,
  busy,
  onConfirm,
  onClose,
}: ConfirmDialogProps) {
  const returnFocus = useReturnFocus(open);
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="scrim z-50" />
        <Base.Popup
          {...returnFocus}
          className="fixed top-[20vh] left-1/2 z-50 w-[calc(100vw-2rem)] max-w-md -translate-x-1/2 rounded-lg border border-line bg-raised p-5 shadow-dialog outline-none transition-opacity duration-160 data-starting-style:opacity-0 data-ending-style:opacity-0"
        >
          <Base.Title className="text-16 wrap-anywhere">{title}</Base.Title>
          <Base.Description className="mt-1.5 text-13 wrap-anywhere text-muted" render={<div />}>
            {description}
          </Base.Description>
          <div className="mt-5 flex justify-end gap-2">
            <Button onClick={onClose}>{t('Cancel')}</Button>
            <Button emphasis={danger ? 'danger' : 'primary'} busy={busy} onClick={onConfirm}>
              {action}
            </Button>
          </div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
