import { useMutation, useQueries } from '@tanstack/react-query';
import { Clock, Paperclip } from 'lucide-react';
import { useId, useRef, useState } from 'react';
import { undo_seconds } from '../../../src/modules/mail/outgoing/contract.ts';
import { FormShell } from '../../platform/page/FormShell.tsx';
import { exchange } from '../../platform/query/api.ts';
import { attempt } from '../../platform/query/attempt.ts';
import { ApiError } from '../../platform/query/problem.ts';
import { differ } from '../../platform/record/field.ts';
import { ChosenFiles } from '../../platform/record/timeline/ChosenFiles.tsx';
import { useFiles } from '../../platform/record/timeline/useFiles.ts';
import { useLeaving } from '../../platform/record/useLeaving.tsx';
import { t } from '../../text/text.ts';
import { Button } from '../../ui/Button.tsx';
import { Checkbox } from '../../ui/Checkbox.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Field } from '../../ui/Field.tsx';
import { formatDateTime } from '../../ui/format.ts';
import { Input } from '../../ui/Input.tsx';
import { Select } from '../../ui/Select.tsx';
import { Textarea } from '../../ui/Textarea.tsx';
import { toast } from '../../ui/toast.ts';
import { fromTyped, toTyped } from '../../ui/zoned.ts';
import { DraftByModel } from '../insight/DraftByModel.tsx';
import { aliasesQuery } from './alias/aliases.ts';
import { type Mailbox, type OutgoingMail, refreshMail } from './mail.ts';
import { addressesIn, type Draft, takeBack } from './outgoing.ts';
import { RecipientsInput } from './RecipientsInput.tsx';
import { MissingValues } from './template/MissingValues.tsx';
import { TemplateMenu } from './template/TemplateMenu.tsx';
import { type MissingValue, type Preview, stillMissing } from './template/templates.ts';

interface ComposeDialogProps {
  draft: Draft;
  /** The mailboxes that one may write from. */
  from: readonly Mailbox[];
  /** The mail was taken back, and is written on. */
  onUndone: (draft: Draft) => void;
  onClose: () => void;
}

/** Writes a mail. For some seconds after that it can be taken back. */
export function ComposeDialog({ draft, from, onUndone, onClose }: ComposeDialogProps) {
  const form = useId();
  const [values, setValues] = useState(draft);
  const [hasCopies, setHasCopies] = useState(draft.cc !== '' || draft.bcc !== '');
  const [isLater, setIsLater] = useState(false);
  /** Although mail to one of the addresses came back. */
  const [isDespite, setIsDespite] = useState(false);
  /** What a template that was inserted has no value for. */
  const [missing, setMissing] = useState<readonly MissingValue[]>([]);
  /** Names what is sent: an answer that got lost, and a second click, do not make a second mail of it. */
  const named = useRef({ body: '', key: '' });
  const files = useFiles(`mail.${useId()}`);
  const set = (name: keyof Draft) => (value: string) => setValues((before) => ({ ...before, [name]: value }));
  const senders = useSenders(from);
  const send = useMutation({
    mutationFn: async () => {
      const { to, cc, bcc, ...rest } = values;
      const file_ids = await files.upload();
      const body = {
        ...rest,
        file_ids,
        despite_bounces: isDespite,
        to: addressesIn(to),
        cc: addressesIn(cc),
        bcc: addressesIn(bcc),
      };
      const written = JSON.stringify(body);
      if (named.current.body !== written) named.current = { body: written, key: crypto.randomUUID() };
      return (await exchange<OutgoingMail>('POST', '/outgoing-mails', { body, key: named.current.key })).data;
    },
    onSuccess: (mail) => {
      files.drop();
      onClose();
      void refreshMail();
      const undo = () =>
        void attempt(async () => {
          await takeBack(mail.id);
          onUndone({ ...values, send_at: null });
          await refreshMail();
        });
      const title = values.send_at ? t('Scheduled for {when}', { when: formatDateTime(mail.send_at) }) : t('Sending…');
      // For as long as it waits for that.
      toast(title, { action: { label: t('Undo'), run: undo }, ms: undo_seconds * 1000 });
    },
  });
  /** A template stands above what is there already, such as the mail that is answered. */
  const insert = (filled: Preview) => {
    setMissing((before) => [...before, ...filled.missing]);
    setValues((before) => ({
      ...before,
      subject: before.subject || filled.subject,
      body: before.body.trim() ? `${filled.body}\n${before.body}` : filled.body,
    }));
  };
  const isBounced =
    isDespite || (send.error instanceof ApiError && send.error.problem.errors.some(({ code }) => code === 'bounced'));
  const isChanged = differ({ ...values }, { ...draft }) || files.chosen.length > 0;
  const { leave, question } = useLeaving(isChanged, () => {
    files.drop();
    onClose();
  });
  const picker = useRef<HTMLInputElement>(null);
  return (
    <Dialog
      open
      size="large"
      title={draft.reply_to_id ? t('Reply') : draft.forward_id ? t('Forward') : t('New mail')}
      onClose={leave}
      footer={
        <>
          <Button onClick={leave}>{t('Discard')}</Button>
          <Button type="submit" form={form} emphasis="primary" busy={send.isPending}>
            {values.send_at ? t('Send later') : t('Send')}
          </Button>
        </>
      }
    >
      <FormShell
        id={form}
        error={send.error}
        fields={[
          ...(senders.length > 1 ? ['mailbox_id'] : []),
          'to',
          'cc',
          'bcc',
          'subject',
          'body',
          'file_ids',
          'send_at',
        ]}
        className="flex flex-col gap-3 pt-1"
        onSubmit={() => send.mutate()}
      >
        {senders.length > 1 && (
          <Field name="mailbox_id" label={t('From')}>
            <Select
              label={t('From')}
              options={senders}
              value={`${values.mailbox_id} ${values.from_address ?? ''}`}
              onChange={(value) => {
                const [mailbox_id = '', alias] = value.split(' ');
                setValues((before) => ({ ...before, mailbox_id, from_address: alias || null }));
              }}
            />
          </Field>
        )}
        <Field name="to" label={t('To')} required>
          <RecipientsInput value={values.to} onChange={set('to')} required autoFocus={draft.to === ''} />
        </Field>
        {hasCopies ? (
          <>
            <Field name="cc" label={t('Cc')}>
              <RecipientsInput value={values.cc} onChange={set('cc')} />
            </Field>
            <Field name="bcc" label={t('Bcc')}>
              <RecipientsInput value={values.bcc} onChange={set('bcc')} />
            </Field>
          </>
        ) : (
          <Button emphasis="quiet" size="small" className="self-start" onClick={() => setHasCopies(true)}>
            {t('Add Cc and Bcc')}
          </Button>
        )}
        <Field name="subject" label={t('Subject')}>
          <Input value={values.subject} onValueChange={set('subject')} />
        </Field>
        <Field name="body" label={t('Text')}>
          <Textarea rows={10} dir="auto" autoFocus={draft.to !== ''} value={values.body} onValueChange={set('body')} />
        </Field>
        <MissingValues missing={stillMissing(missing, values.subject, values.body)} />
        {isBounced && (
          <div className="flex items-center gap-2 text-13">
            <Checkbox label={t('Send anyway')} checked={isDespite} onChange={setIsDespite} />
            <span aria-hidden="true">{t('Send anyway')}</span>
          </div>
        )}
        {draft.forward_id && <p className="text-12 text-muted">{t('The attachments are forwarded too.')}</p>}
        <div className="-mx-3 empty:hidden">
          <ChosenFiles files={files} />
        </div>
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          aria-label={t('Attach files')}
          onChange={({ currentTarget }) => {
            files.add([...(currentTarget.files ?? [])]);
            currentTarget.value = '';
          }}
        />
        <div className="flex flex-wrap gap-1">
          <Button emphasis="quiet" size="small" icon={<Paperclip size={14} />} onClick={() => picker.current?.click()}>
            {t('Attach files')}
          </Button>
          <TemplateMenu
            about={() => ({
              addresses: [values.to, values.cc].flatMap(addressesIn),
              reply_to_id: values.reply_to_id,
            })}
            onInsert={insert}
          />
          {values.reply_to_id && (
            <DraftByModel
              message={values.reply_to_id}
              onInsert={(text) => setValues((before) => ({ ...before, body: `${text}\n${before.body}` }))}
            />
          )}
          {!isLater && (
            <Button emphasis="quiet" size="small" icon={<Clock size={14} />} onClick={() => setIsLater(true)}>
              {t('Schedule send…')}
            </Button>
          )}
        </div>
        {isLater && (
          <Field name="send_at" label={t('Send at')}>
            <Input
              type="datetime-local"
              // It appears below what fits the dialog: the focus brings it into sight.
              autoFocus={draft.send_at === null}
              value={toTyped(values.send_at)}
              onValueChange={(typed) => setValues((before) => ({ ...before, send_at: fromTyped(typed) }))}
            />
          </Field>
        )}
      </FormShell>
      {question}
    </Dialog>
  );
}

/** Each mailbox by its address and by its aliases, as options whose value names both. */
function useSenders(from: readonly Mailbox[]) {
  const aliases = useQueries({ queries: from.map(({ id }) => aliasesQuery(id)) });
  return from.flatMap(({ id, name, address }, at) => [
    { value: `${id} `, label: name === address ? address : `${name} <${address}>` },
    ...(aliases[at]?.data ?? [])
      .filter(({ confirmed_at }) => confirmed_at !== null)
      .map((alias) => ({ value: `${id} ${alias.address}`, label: `${name} <${alias.address}>` })),
  ]);
}
