import { useState } from 'react';
import { attempt } from '../../../platform/query/attempt.ts';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { type ImportDetail, startImport } from './import.ts';

/** Starts an import, or its reversal, again where it stands. */
export function GoOnButton({ detail, what }: { detail: ImportDetail; what: 'runs' | 'reversal' }) {
  const [busy, setBusy] = useState(false);
  return (
    <Button
      emphasis="primary"
      busy={busy}
      onClick={async () => {
        setBusy(true);
        await attempt(() => startImport(detail.id, what));
        setBusy(false);
      }}
    >
      {t('Go on')}
    </Button>
  );
}
