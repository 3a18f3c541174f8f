import { Mail, NotebookPen, Phone } from 'lucide-react';
import { Suspense, useState } from 'react';
import type { AnyRecord } from '../../../platform/record/field.ts';
import { useMay } from '../../../platform/session/session.tsx';
import { lazyPart } from '../../../text/lazy.ts';
import { t } from '../../../text/text.ts';
import { Button, buttonClass } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { useNarrow } from '../../../ui/media.ts';

const ActivityForm = lazyPart(() => import('../../../platform/record/timeline/ActivityForm.tsx'));

const large = 'h-11! flex-1 justify-center';

/** On a phone: call, write, and log the call, each within reach of a thumb. */
export default function PhoneActions({ record }: { record: AnyRecord }) {
  const narrow = useNarrow();
  const may = useMay();
  const [logging, setLogging] = useState(false);
  const { phone, email } = record as { phone?: string | null; email?: string | null };
  const mayLog = may('activity', 'create');
  if (!narrow || (!phone && !email && !mayLog)) return null;
  const close = () => setLogging(false);
  return (
    <div className="flex gap-2 px-4 pb-3">
      {phone && (
        <a href={`tel:${phone.replace(/[^+\d]/g, '')}`} className={buttonClass('secondary', 'medium', large)}>
          <Phone size={16} />
          {t('Call')}
        </a>
      )}
      {email && (
        <a
          href={`mailto:${encodeURIComponent(email).replace('%40', '@')}`}
          className={buttonClass('secondary', 'medium', large)}
        >
          <Mail size={16} />
          {t('E-mail')}
        </a>
      )}
      {mayLog && (
        <Button className={large} icon={<NotebookPen size={16} />} onClick={() => setLogging(true)}>
          {t('Log call')}
        </Button>
      )}
      <Dialog open={logging} title={t('Log call')} onClose={close}>
        <Suspense fallback={<div className="h-32" />}>
          <ActivityForm
            kind="call"
            subject={{ records: [{ type: 'contact', id: record.id }] }}
            draftKey={`call.${record.id}`}
            onClose={close}
          />
        </Suspense>
      </Dialog>
    </div>
  );
}
