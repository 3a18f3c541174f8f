import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { renderSVG } from 'uqr';
import { FormShell } from '../../../platform/page/FormShell.tsx';
import { api } from '../../../platform/query/api.ts';
import { T } from '../../../text/T.tsx';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { Field } from '../../../ui/Field.tsx';
import { Input } from '../../../ui/Input.tsx';

export interface TotpSetup {
  secret: string;
  uri: string;
}

interface TotpSetupDialogProps {
  setup: TotpSetup;
  onClose: () => void;
  onDone: (recoveryCodes: string[]) => void;
}

export function TotpSetupDialog({ setup, onClose, onDone }: TotpSetupDialogProps) {
  const form = useId();
  const [code, setCode] = useState('');
  const confirm = useMutation({
    mutationFn: () => api.post<{ recovery_codes: string[] }>('/second-factor/confirmation', { code }),
    onSuccess: ({ recovery_codes }) => onDone(recovery_codes),
  });
  return (
    <Dialog
      open
      title={t('Turn on the second factor')}
      description={t('Scan this with your authenticator app, then type the code it shows.')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('Cancel')}</Button>
          <Button type="submit" form={form} emphasis="primary" busy={confirm.isPending}>
            {t('Turn on')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col items-center gap-4">
        <img
          src={`data:image/svg+xml,${encodeURIComponent(renderSVG(setup.uri))}`}
          alt={t('QR code for the authenticator app')}
          className="size-44 rounded-md border border-line"
        />
        <p className="text-center text-12 text-muted">
          <T
            text="Or type this key: <code>{secret}</code>"
            values={{
              secret: setup.secret,
              code: (words) => <code className="font-mono wrap-anywhere text-ink select-all">{words}</code>,
            }}
          />
        </p>
        <FormShell
          id={form}
          error={confirm.error}
          fields={['code']}
          onSubmit={() => confirm.mutate()}
          className="w-full"
        >
          <Field name="code" label={t('Six-digit code')}>
            <Input
              autoComplete="one-time-code"
              inputMode="numeric"
              value={code}
              onValueChange={setCode}
              className="font-mono tracking-widest"
            />
          </Field>
        </FormShell>
      </div>
    </Dialog>
  );
}
