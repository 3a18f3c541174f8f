import { Eye, Pencil, Trash2 } from 'lucide-react';
import { Suspense, useState } from 'react';
import { lazyPart } from '../../../text/lazy.ts';
import { t } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import type { MenuAction } from '../../../ui/Menu.tsx';
import { WaitingMark } from '../../offline/WaitingMark.tsx';
import { attempt } from '../../query/attempt.ts';
import { saveRecord, trashRecord } from '../../query/records.ts';
import type { Resource } from '../../query/resources.ts';
import { useMay } from '../../session/session.tsx';
import { AttachmentList } from './AttachmentList.tsx';
import { EntryHead } from './EntryHead.tsx';
import { EntryMenu } from './EntryMenu.tsx';
import { RichText } from './RichText.tsx';
import { type Attachment, type Comment, refreshTimelines } from './timeline.ts';
import { usePointed } from './usePointed.ts';

const TextForm = lazyPart(() => import('./TextForm.tsx'));

interface ThreadProps {
  comment: Comment;
  replies: Comment[];
  /** How many earlier replies are not among them. */
  leftOut?: number | undefined;
  attachments?: Attachment[] | undefined;
  resource: Resource;
  recordId: string;
}

/** A comment with what colleagues answered. */
export function CommentEntry({ comment, replies, leftOut = 0, attachments = [], resource, recordId }: ThreadProps) {
  const may = useMay();
  const [replying, setReplying] = useState(false);
  const audience = { resource, record_id: recordId, in: 'comment' } as const;
  return (
    <div className="overflow-clip rounded-lg border border-line">
      {comment.deleted_at ? (
        <p className="px-3.5 py-2.5 text-muted">{t('This comment was deleted.')}</p>
      ) : (
        <CommentBox comment={comment} attachments={attachments} what={t('commented')} audience={audience} />
      )}
      {leftOut > 0 && (
        <p className="border-t border-line px-3.5 py-2 text-muted">
          {t('{count, plural, one {# earlier reply is left out.} other {# earlier replies are left out.}}', {
            count: leftOut,
          })}
        </p>
      )}
      {replies.length > 0 && (
        <ol className="border-t border-line bg-canvas">
          {replies.map((reply) => (
            <li key={reply.id} className="border-b border-line last:border-b-0">
              <CommentBox comment={reply} attachments={attachments} what={t('replied')} audience={audience} />
            </li>
          ))}
        </ol>
      )}
      {may('comment', 'create') && !comment.deleted_at && (
        <div className="border-t border-line">
          {replying ? (
            <Suspense fallback={<div className="h-24" />}>
              <TextForm
                kind="reply"
                audience={audience}
                target={{ parent_id: comment.id }}
                draftKey={`reply.${comment.id}`}
                offered={comment.audience === 'public' ? ['internal', 'public'] : undefined}
                onClose={() => setReplying(false)}
              />
            </Suspense>
          ) : (
            <button
              type="button"
              className="w-full rounded-b-lg px-3.5 py-2 text-start text-muted hover:bg-hover hover:text-ink pointer-coarse:h-11"
              onClick={() => setReplying(true)}
            >
              {t('Reply…')}
            </button>
          )}
        </div>
      )}
    </div>
  );
}

interface CommentBoxProps {
  comment: Comment;
  /** Of the whole thread. */
  attachments: Attachment[];
  what: string;
  audience: { resource: Resource; record_id: string; in: 'comment' };
}

function CommentBox({ comment, attachments, what, audience }: CommentBoxProps) {
  const may = useMay();
  const [editing, setEditing] = useState(false);
  const pointed = usePointed(`comment-${comment.id}`);
  if (editing)
    return (
      <Suspense fallback={<div className="h-24" />}>
        <TextForm
          kind="comment"
          audience={audience}
          target={{}}
          draftKey={`comment.${comment.id}`}
          entry={comment}
          onClose={() => setEditing(false)}
        />
      </Suspense>
    );
  const mayChange = may('comment', 'update', comment.author_id);
  const actions: MenuAction[] = [];
  if (mayChange)
    actions.push({ label: t('Edit comment'), icon: <Pencil size={14} />, onSelect: () => setEditing(true) });
  if (mayChange && comment.audience === 'internal')
    actions.push({
      label: t('Make public'),
      icon: <Eye size={14} />,
      onSelect: () =>
        void attempt(async () => {
          await saveRecord('comment', comment, { audience: 'public' }, t('Comment made public'));
          await refreshTimelines();
        }),
    });
  if (may('comment', 'delete', comment.author_id))
    actions.push({
      label: t('Delete comment'),
      icon: <Trash2 size={14} />,
      danger: true,
      onSelect: () =>
        void attempt(() => trashRecord('comment', comment, t('Comment moved to the trash'), refreshTimelines)),
    });
  return (
    <div ref={pointed} className="px-3.5 py-2.5 data-pointed:bg-accent-soft">
      <EntryHead
        who={comment.author}
        what={what}
        at={comment.created_at}
        mark={
          <>
            {comment.audience === 'public' && <Badge meaning="attention">{t('Public')}</Badge>}
            <WaitingMark of={comment} />
          </>
        }
        actions={actions.length > 0 && <EntryMenu label={t('More about this comment')} actions={actions} />}
      />
      <div className="mt-1">
        <RichText html={comment.body} />
        <AttachmentList
          attachments={attachments.filter(({ comment_id }) => comment_id === comment.id)}
          removable={mayChange}
        />
      </div>
    </div>
  );
}
