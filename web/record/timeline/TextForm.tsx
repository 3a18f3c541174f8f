import { useMutation } from '@tanstack/react-query';
import { messageOf } from '../../app/problem.ts';
import { createRecord, saveRecord } from '../../app/records.ts';
import { useMay, useSession } from '../../app/session.tsx';
import { t } from '../../text/text.ts';
import { Button } from '../../ui/Button.tsx';
import { Kbd } from '../../ui/Kbd.tsx';
import { RestoredDraft } from '../RestoredDraft.tsx';
import { useDraft } from '../useDraft.ts';
import { ChosenFiles } from './ChosenFiles.tsx';
import type { Audience } from './mention.ts';
import RichTextEditor from './RichTextEditor.tsx';
import { type Comment, refreshTimelines } from './timeline.ts';
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

interface TextFormProps {
  kind: keyof typeof words;
  audience: Audience;
  /** What it hangs on: the record, or the comment it answers. */
  target: Record<string, string>;
  draftKey: string;
  /** What is changed; without it something new is written. */
  comment?: Comment;
  onClose?: () => void;
}

/** Where one writes a note or a comment. */
export default function TextForm({ kind, audience, target, draftKey, comment, onClose }: TextFormProps) {
  const { user } = useSession();
  const draft = useDraft(draftKey, { body: comment?.body ?? '' });
  const may = useMay();
  const files = useFiles();
  const body = draft.values.body as string;
  const { label, placeholder, save: verb, saved } = words[kind];
  const save = useMutation({
    mutationFn: async () => {
      if (comment) await saveRecord('comment', comment, { body }, t('Comment changed'));
      else {
        // Files first: one that is refused leaves no text without them, and is not sent again once it is there.
        const ids = await files.upload();
        const made = await createRecord<{ id: string }>(audience.in, { body, ...target }, saved, { author: user });
        await files.attach(ids, { [`${audience.in}_id`]: made.id });
      }
      await refreshTimelines();
    },
    onSuccess: () => {
      draft.clear();
      files.clear();
      onClose?.();
    },
  });
  const submit = () => {
    if (body !== '' && !save.isPending) save.mutate();
  };
  return (
    <div>
      <RichTextEditor
        label={label}
        placeholder={placeholder}
        audience={audience}
        value={body}
        focused={onClose !== undefined}
        onChange={(html) => draft.set('body', html)}
        onSubmit={submit}
        onFiles={!comment && may('file', 'create') ? files.add : undefined}
      />
      <ChosenFiles files={files} />
      <RestoredDraft draft={draft} className="px-3 pb-1 text-12 text-muted" />
      {save.error && (
        <p role="alert" className="px-3 pb-2 text-12 text-bad-ink">
          {messageOf(save.error)}
        </p>
      )}
      <div className="flex items-center justify-end gap-2 px-2 pb-2">
        <Kbd keys="mod enter" roomy />
        {onClose && (
          <Button
            size="small"
            emphasis="quiet"
            onClick={() => {
              draft.clear();
              onClose();
            }}
          >
            {t('Cancel')}
          </Button>
        )}
        <Button size="small" emphasis="primary" disabled={body === ''} busy={save.isPending} onClick={submit}>
          {comment ? t('Save changes') : verb}
        </Button>
      </div>
    </div>
  );
}
