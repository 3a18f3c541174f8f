import { t } from '../../text/text.ts';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';

interface DiscardDialogProps {
  open: boolean;
  /** Back to what was typed. */
  onClose: () => void;
  onDiscard: () => void;
}

/** Before what was typed is lost. */
export function DiscardDialog({ open, onClose, onDiscard }: DiscardDialogProps) {
  return (
    <ConfirmDialog
      open={open}
      title={t('Discard what you typed?')}
      description={t('It has not been saved.')}
      action={t('Discard')}
      danger
      onClose={onClose}
      onConfirm={onDiscard}
    />
  );
}
