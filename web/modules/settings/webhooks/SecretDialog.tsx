import { ShownOnceDialog } from '../../../platform/settings/ShownOnceDialog.tsx';
import { t } from '../../../text/text.ts';

/** The secret of a webhook, this once. `rotated`: there was one before. */
export const SecretDialog = ({ rotated, ...rest }: { secret: string; rotated?: boolean; onClose: () => void }) => (
  <ShownOnceDialog
    title={t('Save this secret')}
    description={
      rotated
        ? t('It is shown only once. For 24 hours the old secret signs too, so that you can switch over.')
        : t('It is shown only once. The receiver uses it to check that messages come from here.')
    }
    copy={t('Copy secret')}
    copied={t('Secret copied')}
    {...rest}
  />
);
