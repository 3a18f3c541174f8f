import { t } from '../../../text/text.ts';
import { refusal } from '../../query/problem.ts';
import { FormDialog } from '../FormDialog.tsx';
import { toAddress } from './webAddress.ts';

interface LinkDialogProps {
  onLink: (href: string) => void;
  onClose: () => void;
}

/** Asks where a link is to lead. */
export function LinkDialog({ onLink, onClose }: LinkDialogProps) {
  return (
    <FormDialog
      title={t('Add a link')}
      action={t('Add link')}
      fields={[{ key: 'href', label: t('Web address'), kind: 'text', required: true, placeholder: 'https://' }]}
      start={{ href: '' }}
      onClose={onClose}
      onSave={async ({ href }) => {
        const address = toAddress(String(href ?? ''));
        if (!address) throw refusal('href', t('Write an address such as https://example.com.'));
        onLink(address);
      }}
    />
  );
}
