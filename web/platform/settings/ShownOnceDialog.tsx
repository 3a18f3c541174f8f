import { Copy } from 'lucide-react';
import { t } from '../../text/text.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { toast } from '../../ui/toast.ts';
import { attempt } from '../query/attempt.ts';

interface ShownOnceDialogProps {
  title: string;
  description: string;
  secret: string;
  /** The verb on the button, and what is said once it is done. */
  copy: string;
  copied: string;
  onClose: () => void;
}

/** A key or a secret that nobody can look up again. */
export function ShownOnceDialog({ title, description, secret, copy, copied, onClose }: ShownOnceDialogProps) {
  return (
    <Dialog
      open
      shownOnce
      title={title}
      description={description}
      onClose={onClose}
      footer={
        <>
          <Button
            icon={<Copy size={14} />}
            onClick={() =>
              void attempt(async () => {
                await navigator.clipboard.writeText(secret);
                toast(copied);
              })
            }
          >
            {copy}
          </Button>
          <Button emphasis="primary" onClick={onClose}>
            {t('I have saved it')}
          </Button>
        </>
      }
    >
      <code className="block rounded-md bg-sunken p-3 font-mono text-13 wrap-anywhere select-all">{secret}</code>
    </Dialog>
  );
}
