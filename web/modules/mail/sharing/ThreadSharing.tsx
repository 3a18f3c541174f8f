import { Users } from 'lucide-react';
import { useState } from 'react';
import { FormDialog } from '../../../platform/record/FormDialog.tsx';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import {
  type Level,
  levels,
  putException,
  removeException,
  type ThreadSharing as Sharing,
  useThreadSharing,
} from './sharing.ts';

const said: Record<Level, string> = {
  private: t('Only you can see this conversation in your mailbox'),
  participants: t('Others see who wrote to whom, and when'),
  subjects: t('Others see who wrote to whom, when, and the subjects'),
  all: t('Others see all of this conversation'),
};

/** What others see of a conversation of one's own mailbox, and because of what. */
export function ThreadSharing({ thread }: { thread: string }) {
  const { data } = useThreadSharing(thread);
  const [isOpen, setOpen] = useState(false);
  if (!data) return null;
  return (
    <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-12 text-muted">
      <Users size={14} aria-hidden="true" className="shrink-0" />
      <span className="min-w-0">
        {said[data.level]} {reasonOf(data)} {data.is_mixed && t('Of some of its mails they see more.')}
      </span>
      <Button emphasis="quiet" size="small" onClick={() => setOpen(true)}>
        {t('Change')}
      </Button>
      {isOpen && <LevelForm sharing={data} onClose={() => setOpen(false)} />}
    </p>
  );
}

function reasonOf({ exception }: Sharing): string {
  const name = exception?.name;
  if (!exception || exception.kind === 'thread' || !name) return '';
  if (exception.kind === 'folder') return t('(because of the folder {name})', { name });
  return t('(because of {name})', { name });
}

const general = 'general';

function LevelForm({ sharing, onClose }: { sharing: Sharing; onClose: () => void }) {
  const { mailbox_id, conversation_id, level, exception } = sharing;
  const own = exception?.kind === 'thread' ? exception : null;
  return (
    <FormDialog
      title={t('What others see')}
      description={t(
        'Of this conversation, whatever you share of the rest. Only you can change this, administrators cannot.',
      )}
      action={t('Save')}
      fields={[
        {
          key: 'level',
          label: t('What others see'),
          kind: 'select',
          options: [{ value: general, label: t('No exception') }, ...levels],
          required: true,
        },
      ]}
      start={{ level: own ? level : general }}
      onSave={async (body) => {
        if (body.level !== general)
          await putException(mailbox_id, { kind: 'thread', target_id: conversation_id, level: body.level as Level });
        else if (own) await removeException(own.id);
      }}
      onClose={onClose}
    />
  );
}
