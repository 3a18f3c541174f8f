import { useMutation } from '@tanstack/react-query';
import { Globe } from 'lucide-react';
import { useRef, useState } from 'react';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { cx } from '../../../ui/cx.ts';
import { Kbd } from '../../../ui/Kbd.tsx';
import { Segments } from '../../../ui/Segments.tsx';
import { idNow } from '../../offline/arrivals.ts';
import { isNew } from '../../offline/waiting.ts';
import { FormShell } from '../../page/FormShell.tsx';
import { messageInForm } from '../../query/problem.ts';
import { createRecord, saveRecord } from '../../query/records.ts';
import { useMay, useSession } from '../../session/session.tsx';
import { FormField } from '../FormField.tsx';
import { type FieldDef, readField, startOf, toBody } from '../field.ts';
import { RestoredDraft } from '../RestoredDraft.tsx';
import { useDraft } from '../useDraft.ts';
import { useAddedFields } from '../useFields.ts';
import type { Values } from '../values.ts';
import { ChosenFiles } from './ChosenFiles.tsx';
import type { Audience } from './mention.ts';
import RichTextEditor, { type RichTextHandle } from './RichTextEditor.tsx';
import { type SentEntry, sendOnce } from './sendOnce.ts';
import { type Comment, type Note, refreshTimelines } from './timeline.ts';
import { useFiles } from './useFiles.ts';

const words = {
  note: { label: t('Note'), placeholder: t('Write a note…'), save: t('Save note'), saved: t('Note added') },
  comment: {
    label: t('Comment'),
    placeholder: t('Write to your colleagues, @ mentions one…'),
    save: t('Comment'),
    saved: t('Comment added'),
  },
  reply: { label: t('Reply'), placeholder: t('Reply…'), save: t('Reply'), saved: t('Reply added') },
};

type CommentAudience = Comment['audience'];
const audienceLabels: Record<CommentAudience, string> = { internal: t('Internal'), public: t('Public') };

interface TextFormProps {
  kind: keyof typeof words;
  audience: Audience;
  /** What it hangs on: the record, or the comment it answers. */
  target: Record<string, unknown>;
  draftKey: string;
  /** What is changed; without it something new is written. */
  entry?: Comment | Note;
  /** Whom a new comment may be for: what answers an internal one is internal too. */
  offered?: readonly CommentAudience[];
  onClose?: () => void;
}

/** Where one writes a note or a comment. */
export default function TextForm({ kind, audience, target, draftKey, entry, offered = [], onClose }: TextFormProps) {
  const { user } = useSession();
  const fields = useAddedFields(audience.in).filter(({ readOnly }) => !readOnly);
  const draft = useDraft(
    draftKey,
    {
      body: entry?.body ?? '',
      audience: entry?.audience ?? 'internal',
      ...(entry
        ? Object.fromEntries(fields.map((field) => [field.key, readField(entry, field)]))
        : startOf(fields.filter(({ required }) => required))),
    },
    entry?.version,
  );
  const [begun, setBegun] = useState(0);
  const may = useMay();
  const files = useFiles(draftKey);
  const body = draft.values.body as string;
  /** More may be written while it is being saved. */
  const latestBody = useRef(body);
  latestBody.current = body;
  const latest = useRef(draft.values);
  latest.current = draft.values;
  const editor = useRef<RichTextHandle>(null);
  const isPublic = draft.values.audience === 'public';
  const { label, placeholder, save: verb, saved } = words[kind];
  const save = useMutation({
    mutationFn: async (values: Values) => {
      const { body } = values;
      if (entry) {
        const changes = { body, ...toBody(fields, draft.changes) };
        const changedTitle = audience.in === 'note' ? t('Note changed') : t('Comment changed');
        const changed = await saveRecord(audience.in, draft.begunOn(entry, changes), changes, changedTitle);
        draft.goOnFrom(changed.version);
      } else {
        // Files first: one that is refused leaves no text without them, and is not sent again once it is there.
        const ids = await files.upload();
        const id = idNow((await send({ body, ...toBody(fields, values) })).id);
        if (ids.length > 0 && isNew(id))
          throw new Error(t('The text waits to be sent. Try again after that to attach the files.'));
        await files.attach(ids, { [`${audience.in}_id`]: id });
      }
      await refreshTimelines();
    },
    onSuccess: (_, sent) => {
      files.clearSent();
      const sentBody = sent.body as string;
      const isSame = ({ key }: FieldDef) => JSON.stringify(latest.current[key]) === JSON.stringify(sent[key]);
      if (latestBody.current === sentBody) {
        if (!fields.every(isSame)) return;
        draft.clear();
        onClose?.();
      } else if (!entry && editor.current?.takeOut(sentBody)) {
        // What was written behind it meanwhile is another text.
        draft.set('sent', undefined);
      }
    },
    onError: (error) => draft.noteConflict(error),
  });
  /** The text is sent once: after a file that could not be attached, the next try goes on from it. */
  function send(body: Record<string, unknown>): Promise<SentEntry> {
    const chosen = offered.length > 1 ? { audience: draft.values.audience } : {};
    const create = () =>
      createRecord<SentEntry>(audience.in, { ...body, ...chosen, ...target }, saved, { author: user });
    return sendOnce({ draft, resource: audience.in, create, body });
  }
  function write(html: string) {
    latestBody.current = html;
    if (html === '' && !entry) {
      // Whoever begins anew writes another one, for the same readers.
      const { body: _, sent: __, ...others } = draft.changes;
      draft.clear();
      for (const [name, value] of Object.entries(others)) draft.set(name, value);
    } else draft.set('body', html);
  }
  function discard() {
    draft.clear();
    setBegun((times) => times + 1);
  }
  const submit = () => {
    if (body !== '' && !save.isPending) save.mutate(draft.values);
  };
  return (
    <div className={cx(isPublic && 'rounded-b-lg bg-attention-soft')}>
      <RichTextEditor
        ref={editor}
        // It takes a text when it is made, and leaves it to the writer from then on.
        key={begun}
        label={label}
        placeholder={
          isPublic && !entry ? t('Write to everybody who sees this record, including people outside…') : placeholder
        }
        audience={audience}
        value={body}
        focused={onClose !== undefined}
        onChange={write}
        onSubmit={submit}
        onFiles={!entry && may('file', 'create') ? files.add : undefined}
      />
      <ChosenFiles files={files} />
      <RestoredDraft draft={{ ...draft, clear: discard }} className="px-3 pb-1 text-12 text-muted" />
      {fields.length > 0 && (entry || draft.dirty) && (
        <FormShell
          error={save.error}
          fields={fields.map(({ key }) => key)}
          onSubmit={submit}
          waits
          className="grid grid-cols-2 gap-3 px-3 pt-1 pb-3"
        >
          {fields.map((field) => (
            <FormField
              key={field.key}
              field={field}
              value={draft.values[field.key]}
              onChange={(value) => draft.set(field.key, value)}
            />
          ))}
        </FormShell>
      )}
      {save.error && fields.length === 0 && (
        <p role="alert" className="px-3 pb-2 text-12 text-bad-ink">
          {messageInForm(save.error)}
        </p>
      )}
      {isPublic && (
        <p className="flex items-start gap-1.5 px-3 pb-2 text-12 text-attention-ink">
          <Globe size={14} aria-hidden="true" className="mt-px shrink-0" />
          {t(
            'Public: people outside your workspace who take part in this record can read it. This cannot be changed later.',
          )}
        </p>
      )}
      <div className="flex flex-wrap items-center justify-end gap-2 px-2 pb-2">
        {/* What is sent has its readers: another try changes its words alone. */}
        {offered.length > 1 && !draft.values.sent && (
          <span className="me-auto">
            <Segments
              label={t('Who can read it')}
              options={offered.map((value) => ({ value, label: audienceLabels[value] }))}
              value={draft.values.audience as CommentAudience}
              onChange={(next) => draft.set('audience', next)}
            />
          </span>
        )}
        <Kbd keys="mod enter" roomy />
        {onClose && (
          <Button
            size="small"
            emphasis="quiet"
            onClick={() => {
              draft.clear();
              files.drop();
              onClose();
            }}
          >
            {t('Cancel')}
          </Button>
        )}
        <Button size="small" emphasis="primary" disabled={body === ''} busy={save.isPending} onClick={submit}>
          {entry ? t('Save changes') : isPublic ? t('Send publicly') : verb}
        </Button>
      </div>
    </div>
  );
}
