import { Copy } from 'lucide-react';
import { attempt } from '../../../app/attempt.ts';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { toast } from '../../../ui/toast.ts';

/** The secret of a webhook, this once. `rotated`: there was one before. */
export function SecretDialog({ secret, rotated, onClose }: { secret: string; rotated?: boolean; onClose: () => void }) {
  return (
    <Dialog
      open
      shownOnce
      title={t('Save this secret')}
      description={
        rotated
          ? t('It is shown only once. For 24 hours the old secret signs too, so that you can change over.')
          : t('It is shown only once. With it the receiver checks that what arrives comes from here.')
      }
      onClose={onClose}
      footer={
        <>
          <Button
            icon={<Copy size={14} />}
            onClick={() =>
              void attempt(async () => {
                await navigator.clipboard.writeText(secret);
                toast(t('Secret copied'));
              })
            }
          >
            {t('Copy secret')}
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
