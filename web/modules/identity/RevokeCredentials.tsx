import { t } from '../../text/text.ts';
import { Checkbox } from '../../ui/Checkbox.tsx';

interface RevokeCredentialsProps {
  checked: boolean;
  onChange: (checked: boolean) => void;
}

/** Offered with a new password: whoever knew the old one may have made keys that outlive it. */
export function RevokeCredentials({ checked, onChange }: RevokeCredentialsProps) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the box inside is its control
    <label className="flex items-start gap-2.5 text-13">
      <Checkbox className="mt-0.5" checked={checked} onChange={onChange} />
      <span>{t('Also revoke my API keys and the address of my calendar')}</span>
    </label>
  );
}
