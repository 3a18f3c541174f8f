import { useMutation } from '@tanstack/react-query';
import { messageOf } from '../../app/problem.ts';
import { createRecord } from '../../app/records.ts';
import { Button } from '../../ui/Button.tsx';
import { Kbd } from '../../ui/Kbd.tsx';
import { useDraft } from '../useDraft.ts';
import RichTextEditor from './RichTextEditor.tsx';
import { refreshTimelines } from './timeline.ts';

export default function NoteForm({ subject, draftKey }: { subject: Record<string, string>; draftKey: string }) {
  const draft = useDraft(draftKey, { body: '' });
  const body = draft.values.body as string;
  const save = useMutation({
    mutationFn: async () => {
      await createRecord('note', { body, ...subject }, 'Note added');
      await refreshTimelines();
    },
    onSuccess: draft.clear,
  });
  return (
    <div>
      <RichTextEditor
        label="Note"
        placeholder="Write a note…"
        value={body}
        onChange={(html) => draft.set('body', html)}
        onSubmit={() => body && save.mutate()}
      />
      <div className="flex items-center justify-end gap-3 px-2 pb-2">
        {save.error && (
          <p role="alert" className="flex-1 text-12 text-bad-ink">
            {messageOf(save.error)}
          </p>
        )}
        <span className="max-sm:hidden">
          <Kbd keys="mod enter" />
        </span>
        <Button
          size="small"
          emphasis="primary"
          disabled={body === ''}
          busy={save.isPending}
          onClick={() => save.mutate()}
        >
          Save note
        </Button>
      </div>
    </div>
  );
}
