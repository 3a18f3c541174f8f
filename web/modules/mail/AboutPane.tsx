import { useQuery } from '@tanstack/react-query';
import { Link2, SquareCheck } from 'lucide-react';
import { Suspense, useState } from 'react';
import type { RecordOfEntry } from '../../../src/kernel/contract/fields.ts';
import type { May } from '../../platform/product/manifest.ts';
import { attempt } from '../../platform/query/attempt.ts';
import { saveRecord } from '../../platform/query/records.ts';
import type { RecordDefinition } from '../../platform/record/definition.ts';
import { definitions, referencesTo } from '../../platform/record/definitions.ts';
import { FormDialog } from '../../platform/record/FormDialog.tsx';
import { LazyRecordForm } from '../../platform/record/lazyForm.ts';
import { RecordLinks } from '../../platform/record/RecordLinks.tsx';
import { PartsOf } from '../../platform/record/RelatedParts.tsx';
import { useMay } from '../../platform/session/session.tsx';
import { t } from '../../text/text.ts';
import { Avatar } from '../../ui/Avatar.tsx';
import { Button } from '../../ui/Button.tsx';
import { LazyTaskDialog } from '../directory/task/LazyTaskDialog.tsx';
import { contentQuery, type Message, refreshMail } from './mail.ts';

/** Whom a conversation is with, and what it is about. */
export function AboutPane({ messages }: { messages: readonly Message[] }) {
  const may = useMay();
  const [open, setOpen] = useState<'records' | 'task' | null>(null);
  const [making, setMaking] = useState<RecordDefinition | null>(null);
  const records = recordsOf(messages);
  const subject = messages[0]!.subject ?? '';
  return (
    <section
      aria-label={t('People and records')}
      className="flex shrink-0 flex-col gap-5 border-line border-t p-4 text-13 @4xl:w-64 @4xl:border-s @4xl:border-t-0"
    >
      <People message={messages.at(-1)!} />
      <section aria-label={t('About')}>
        <h3 className="mb-1 text-12 font-medium text-muted">{t('About')}</h3>
        {records.length > 0 ? <RecordLinks records={records} /> : <p className="text-muted">{t('Nothing yet')}</p>}
        <div className="mt-2 flex flex-wrap gap-2">
          {may('mailbox', 'update') && (
            <Button size="small" icon={<Link2 size={14} />} onClick={() => setOpen('records')}>
              {records.length > 0 ? t('Change') : t('Link a record')}
            </Button>
          )}
          {may('task', 'create') && (
            <Button size="small" icon={<SquareCheck size={14} />} onClick={() => setOpen('task')}>
              {t('New task')}
            </Button>
          )}
          {madeOf(records, may).map((definition) => (
            <Button
              key={definition.resource}
              size="small"
              icon={<definition.icon size={14} />}
              onClick={() => setMaking(definition)}
            >
              {definition.newLabel}
            </Button>
          ))}
        </div>
      </section>
      <PartsOf resource="mail_message" record={messages.at(-1)!} />
      {making && (
        <NewRecord
          definition={making}
          name={withoutPrefix(subject)}
          records={records}
          onMade={({ id }) =>
            void attempt(() => setRecords(messages, { records: [...known(records), { type: making.resource, id }] }))
          }
          onClose={() => setMaking(null)}
        />
      )}
      {open === 'records' && (
        <FormDialog
          title={t('Linked records')}
          description={t(
            'The conversation appears in the timeline of each record. Later mail does not change your choice.',
          )}
          action={t('Save')}
          fields={[{ key: 'records', label: t('Records'), kind: 'records' }]}
          start={{ records }}
          onSave={(body) => setRecords(messages, body)}
          onClose={() => setOpen(null)}
        />
      )}
      {open === 'task' && (
        <LazyTaskDialog
          task={undefined}
          start={{ title: withoutPrefix(subject), records }}
          onClose={() => setOpen(null)}
        />
      )}
    </section>
  );
}

/** "Offer" of "Re: Fwd: Offer". */
const withoutPrefix = (subject: string): string => subject.replace(/^(?:(?:re|aw|fwd?|wg): ?)+/i, '');

const known = (records: readonly RecordOfEntry[]) => records.flatMap(({ type, id }) => (id ? [{ type, id }] : []));

/**
 * The record types of which a mail can become one: they name a person, such as a deal does. Nobody makes contacts of a
 * subject.
 */
const madeOf = (records: readonly RecordOfEntry[], may: May): RecordDefinition[] =>
  records.some(({ type }) => type === 'contact')
    ? definitions().filter(
        (definition) =>
          definition.fields[0]?.key === 'name' &&
          !['contact', 'company'].includes(definition.resource) &&
          may(definition.resource, 'create') &&
          referencesTo('contact', definition).length > 0,
      )
    : [];

interface NewRecordProps {
  definition: RecordDefinition;
  name: string;
  records: readonly RecordOfEntry[];
  onMade: (record: { id: string }) => void;
  onClose: () => void;
}

/** A record that begins with what the conversation is about, and is then among it. */
function NewRecord({ definition, name, records, onMade, onClose }: NewRecordProps) {
  const start = definition.useStart();
  const named = definition.fields[0]!.key;
  const placed = Object.fromEntries(
    definition.fields.flatMap(({ key, of, readOnly }) => {
      const one = readOnly ? undefined : records.find(({ type, id }) => id && type === of);
      return one ? [[key, { id: one.id, name: one.name }]] : [];
    }),
  );
  return (
    <Suspense>
      <LazyRecordForm
        definition={definition}
        start={{ ...start, [named]: name, ...placed }}
        onClose={onClose}
        onSaved={(record) => {
          onClose();
          onMade(record);
        }}
      />
    </Suspense>
  );
}

function People({ message }: { message: Message }) {
  const { data } = useQuery(contentQuery(message.id));
  const people = [...new Map(data?.participants.map((one) => [one.address || one.name, one])).values()];
  if (people.length === 0) return null;
  return (
    <section aria-label={t('People')}>
      <h3 className="mb-1 text-12 font-medium text-muted">{t('People')}</h3>
      <ul className="flex flex-col gap-1.5">
        {people.map(({ name, address }) => (
          <li key={address || name} className="flex min-w-0 items-center gap-2">
            <Avatar name={name || address} />
            <span className="min-w-0">
              <bdi className="block truncate">{name || address}</bdi>
              {name && address && <bdi className="block truncate text-12 text-muted">{address}</bdi>}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Those of all messages, each once. */
function recordsOf(messages: readonly Message[]): RecordOfEntry[] {
  const all = messages.flatMap(({ records }) => records as RecordOfEntry[]);
  return [...new Map(all.map((record, at) => [record.id ?? `hidden ${at}`, record])).values()];
}

/** What somebody says of a conversation holds for each of its messages. */
async function setRecords(messages: readonly Message[], body: Record<string, unknown>): Promise<void> {
  for (const message of messages) await saveRecord('mail_message', message, body);
  await refreshMail();
}
