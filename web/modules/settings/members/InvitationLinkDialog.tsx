import { Copy } from 'lucide-react';
import { attempt } from '../../../platform/query/attempt.ts';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { toast } from '../../../ui/toast.ts';

/** A text that is shown once, to be copied. */
export function InvitationLinkDialog({ link, onClose }: { link: string; onClose: () => void }) {
  const address = new URL(link, window.location.origin).href;
  return (
    <Dialog
      open
      title={t('Share this link')}
      description={t(
        'No mail server is set up, so nothing was sent. Whoever has the link can accept the invitation, once.',
      )}
      onClose={onClose}
      footer={
        <Button
          emphasis="primary"
          icon={<Copy size={14} />}
          onClick={() =>
            void attempt(async () => {
              await navigator.clipboard.writeText(address);
              toast(t('Link copied'));
            })
          }
        >
          {t('Copy link')}
        </Button>
      }
    >
      <code className="block rounded-md bg-sunken p-3 font-mono text-12 wrap-anywhere select-all">{address}</code>
    </Dialog>
  );
}
