import { Copy, Download } from 'lucide-react';
import { attempt } from '../../../platform/query/attempt.ts';
import { t } from '../../../text/text.ts';
import { Banner } from '../../../ui/Banner.tsx';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { saveText } from '../../../ui/saveText.ts';
import { toast } from '../../../ui/toast.ts';

export function RecoveryCodesDialog({ codes, onClose }: { codes: string[]; onClose: () => void }) {
  const text = codes.join('\n');
  return (
    <Dialog
      open
      shownOnce
      title={t('Save your recovery codes')}
      description={t('Each signs you in once if you do not have your phone.')}
      onClose={onClose}
      footer={
        <>
          <Button icon={<Download size={14} />} onClick={() => saveText('holdfast-recovery-codes.txt', text)}>
            {t('Download')}
          </Button>
          <Button
            icon={<Copy size={14} />}
            onClick={() =>
              void attempt(async () => {
                await navigator.clipboard.writeText(text);
                toast(t('Copied'));
              })
            }
          >
            {t('Copy')}
          </Button>
          <Button emphasis="primary" onClick={onClose}>
            {t('I have saved them')}
          </Button>
        </>
      }
    >
      <Banner meaning="attention">{t('They are shown only once.')}</Banner>
      <ol className="mt-4 grid grid-cols-2 gap-2 font-mono text-12 sm:text-14">
        {codes.map((code) => (
          <li key={code} className="rounded-sm bg-sunken px-2 py-1.5 text-center select-all">
            {code}
          </li>
        ))}
      </ol>
    </Dialog>
  );
}
