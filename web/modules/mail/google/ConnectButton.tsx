import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { useGoogleClient } from './google.ts';

interface ConnectButtonProps {
  form: string;
  isGoogle: boolean;
  busy: boolean;
}

/** Submits the form of a connection. By Google it waits for a client of the workspace, and leads to Google's page. */
export function ConnectButton({ form, isGoogle, busy }: ConnectButtonProps) {
  const isAvailable = useGoogleClient().data?.is_set === true;
  return (
    <Button type="submit" form={form} emphasis="primary" busy={busy} disabled={isGoogle && !isAvailable}>
      {isGoogle ? t('Continue at Google') : t('Connect')}
    </Button>
  );
}
