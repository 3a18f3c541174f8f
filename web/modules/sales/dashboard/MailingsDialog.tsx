import { useQuery } from '@tanstack/react-query';
import { Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { RowOf } from '../../../../src/kernel/contract/resource.ts';
import type { dashboardMailing } from '../../../../src/modules/sales/dashboard-mailing/contract.ts';
import { api, readAll } from '../../../platform/query/api.ts';
import { attempt } from '../../../platform/query/attempt.ts';
import { QueryError } from '../../../platform/query/QueryError.tsx';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { FormDialog } from '../../../platform/record/FormDialog.tsx';
import type { FieldDef } from '../../../platform/record/field.ts';
import { useSession } from '../../../platform/session/session.tsx';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { formatHour } from '../../../ui/format.ts';
import { IconButton } from '../../../ui/IconButton.tsx';
import { SkeletonRows } from '../../../ui/Skeleton.tsx';
import { toast } from '../../../ui/toast.ts';
import type { Board } from './tiles.ts';

type Mailing = RowOf<typeof dashboardMailing> & { hour: number };

const rhythms: Record<Mailing['rhythm'], string> = {
  daily: t('Every day'),
  weekly: t('On Mondays'),
  monthly: t('On the first of the month'),
};

const hours = Array.from({ length: 24 }, (_, hour) => ({ value: String(hour), label: formatHour(hour) }));
const fields: FieldDef[] = [
  { key: 'recipient_id', label: t('Goes to'), kind: 'reference', of: 'user', expand: 'recipient', required: true },
  {
    key: 'rhythm',
    label: t('How often'),
    kind: 'select',
    required: true,
    options: Object.entries(rhythms).map(([value, label]) => ({ value, label })),
  },
  {
    key: 'hour',
    label: t('Hour'),
    kind: 'select',
    required: true,
    options: hours,
    help: t('In each recipient’s time zone'),
  },
];

const key = ['dashboard', 'mailings'];
const reread = () => queryClient.invalidateQueries({ queryKey: key });

interface MailingsDialogProps {
  /** Undefined: the overview. */
  board: Board | undefined;
  onClose: () => void;
}

/** To whom a dashboard goes by e-mail, each with the figures that they may see. */
export default function MailingsDialog({ board, onClose }: MailingsDialogProps) {
  const { user } = useSession();
  const name = board?.name ?? t('Overview');
  const [adding, setAdding] = useState(false);
  const mailings = useQuery({
    queryKey: [...key, board?.id],
    queryFn: async ({ signal }) => {
      const ofBoard = board ? { op: 'eq', value: board.id } : { op: 'is_empty' };
      const filter = JSON.stringify({ field: 'dashboard_id', ...ofBoard });
      return (await readAll<Mailing>('/dashboard-mailings', { filter }, signal)).data;
    },
  });
  if (adding) {
    return (
      <FormDialog
        title={t('Send “{name}” by e-mail', { name })}
        action={t('Send by e-mail')}
        fields={fields}
        start={{ recipient_id: { id: user.id, name: user.name }, rhythm: 'weekly', hour: '8' }}
        onClose={() => setAdding(false)}
        onSave={async (body) => {
          const made = { ...body, hour: Number(body.hour), dashboard_id: board?.id ?? null };
          await api.post('/dashboard-mailings', made);
          await reread();
          toast(t('The e-mail is scheduled'));
        }}
      />
    );
  }
  return (
    <Dialog
      open
      title={t('“{name}” by e-mail', { name })}
      description={t('Everyone gets the figures they are allowed to see, as a table and as CSV.')}
      onClose={onClose}
      footer={
        <Button emphasis="primary" icon={<Plus size={14} />} onClick={() => setAdding(true)}>
          {t('Add a person')}
        </Button>
      }
    >
      {mailings.isError ? (
        <QueryError title={t('This could not be read')} query={mailings} />
      ) : mailings.isLoading ? (
        <SkeletonRows count={3} label={t('Loading')} />
      ) : !mailings.data?.length ? (
        <p className="text-13 text-muted">{t('No recipients yet.')}</p>
      ) : (
        <ul aria-label={t('Recipients')} className="flex flex-col">
          {mailings.data.map((mailing) => (
            <li key={mailing.id} className="flex items-center gap-3 border-b border-line py-2 text-13 last:border-0">
              <span className="min-w-0 flex-1">
                <bdi className="font-medium">{mailing.recipient?.name ?? t('Someone')}</bdi>
                <span className="block truncate text-muted">
                  {t('{rhythm} at {hour}', { rhythm: rhythms[mailing.rhythm], hour: formatHour(mailing.hour) })}
                </span>
              </span>
              <IconButton label={t('Stop sending')} onClick={() => void attempt(() => stop(mailing))}>
                <Trash2 size={14} />
              </IconButton>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}

async function stop({ id }: Mailing): Promise<void> {
  await api.delete(`/dashboard-mailings/${id}`);
  await reread();
  toast(t('No longer sent'));
}
