import { useQuery } from '@tanstack/react-query';
import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { api } from '../../../platform/query/api.ts';
import { attempt } from '../../../platform/query/attempt.ts';
import { FormDialog } from '../../../platform/record/FormDialog.tsx';
import { Loaded } from '../../../platform/settings/Loaded.tsx';
import { Panel, PanelRow } from '../../../platform/settings/Panel.tsx';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import { toast } from '../../../ui/toast.ts';
import { type Mailbox, refreshMail } from '../mail.ts';
import { type Alias, aliasesQuery } from './aliases.ts';

/** The addresses from which the owner of a mailbox writes. */
export function AliasesDialog({ mailbox, onClose }: { mailbox: Mailbox; onClose: () => void }) {
  const aliases = useQuery(aliasesQuery(mailbox.id));
  const [open, setOpen] = useState<Alias | 'new' | null>(null);
  const close = () => setOpen(null);
  const add = async (address: string) => {
    await api.post(`/mailboxes/${mailbox.id}/aliases`, { address });
    toast(t('A code is sent to {address}', { address }));
    await refreshMail();
  };
  return (
    <Dialog
      open
      size="medium"
      title={t('Addresses')}
      description={t('You write from these. A code that is sent to an address shows that it is yours.')}
      onClose={onClose}
      footer={
        <Button icon={<Plus size={14} />} onClick={() => setOpen('new')}>
          {t('Add an address')}
        </Button>
      }
    >
      <div className="pb-2">
        <Loaded query={aliases} failed={t('The addresses could not be read')}>
          {(rows) => (
            <Panel label={t('Addresses')}>
              <PanelRow title={<bdi>{mailbox.address}</bdi>} detail={t('Address of the mailbox')} />
              {rows.map((row) => (
                <AliasRow
                  key={row.id}
                  alias={row}
                  onConfirm={() => setOpen(row)}
                  onSend={() => void attempt(() => add(row.address))}
                />
              ))}
            </Panel>
          )}
        </Loaded>
      </div>
      {open === 'new' && (
        <FormDialog
          title={t('Add an address')}
          description={mailbox.name}
          action={t('Send code')}
          fields={[{ key: 'address', label: t('Address'), kind: 'email', required: true }]}
          start={{}}
          onSave={({ address }) => add(String(address))}
          onClose={close}
        />
      )}
      {open && open !== 'new' && (
        <FormDialog
          title={t('Enter code')}
          description={open.address}
          action={t('Confirm')}
          fields={[{ key: 'code', label: t('Code'), kind: 'text', required: true }]}
          start={{}}
          onSave={async (body) => {
            await api.post(`/mailbox-aliases/${open.id}/confirmation`, body);
            await refreshMail();
          }}
          onClose={close}
        />
      )}
    </Dialog>
  );
}

function AliasRow({ alias, onConfirm, onSend }: { alias: Alias; onConfirm: () => void; onSend: () => void }) {
  const remove = () =>
    attempt(async () => {
      await api.delete(`/mailbox-aliases/${alias.id}`);
      await refreshMail();
    });
  return (
    <PanelRow
      title={<bdi>{alias.address}</bdi>}
      detail={alias.confirmed_at ? t('Confirmed') : t('Waits for its code')}
      end={
        <IconButton label={t('Remove')} onClick={() => void remove()}>
          <X size={14} />
        </IconButton>
      }
    >
      {!alias.confirmed_at && (
        <div className="flex flex-wrap gap-2">
          <Button size="small" onClick={onConfirm}>
            {t('Enter code')}
          </Button>
          <Button size="small" emphasis="quiet" onClick={onSend}>
            {t('Send again')}
          </Button>
        </div>
      )}
    </PanelRow>
  );
}
