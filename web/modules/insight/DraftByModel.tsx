import { useMutation, useQuery } from '@tanstack/react-query';
import { BrainCircuit } from 'lucide-react';
import type { InsightAnswer, Insights } from '../../../src/modules/insight/insights/contract.ts';
import { api } from '../../platform/query/api.ts';
import { messageOf } from '../../platform/query/problem.ts';
import { t } from '../../text/text.ts';
import { Banner } from '../../ui/Banner.tsx';
import { Button } from '../../ui/Button.tsx';
import { outcomeTexts } from './language-model/model.ts';

interface DraftByModelProps {
  /** The mail that is answered. */
  message: string;
  onInsert: (text: string) => void;
}

/** Puts a draft of the language model into the answer to a mail, as text that somebody reads, changes and sends. */
export function DraftByModel({ message, onInsert }: DraftByModelProps) {
  const insights = useQuery({
    queryKey: ['insights', 'message', message],
    queryFn: ({ signal }) => api.get<Insights>('/insights', { of: 'message', id: message }, signal),
    retry: false,
  });
  const draft = useMutation({
    mutationFn: () => api.post<InsightAnswer>('/insight-answers', { of: 'message', id: message, kind: 'reply_draft' }),
    onSuccess: ({ made_by, sentences }) => {
      if (made_by === 'model') onInsert(sentences.map(({ text }) => text).join('\n'));
    },
  });
  if (!insights.data?.model?.features.includes('reply_draft')) return null;
  return (
    <>
      <Button
        emphasis="quiet"
        size="small"
        icon={<BrainCircuit size={14} />}
        busy={draft.isPending}
        onClick={() => draft.mutate()}
      >
        {t('Draft a reply')}
      </Button>
      {(draft.error || draft.data) && (
        <div className="basis-full">
          {draft.error ? <Banner meaning="bad">{messageOf(draft.error)}</Banner> : <Drafted answer={draft.data!} />}
        </div>
      )}
    </>
  );
}

function Drafted({ answer: { made_by, model, why, sentences } }: { answer: InsightAnswer }) {
  if (made_by === 'model')
    return (
      <Banner meaning="info">
        {t('Written by {model} from this conversation. Read it before you send it.', { model: model ?? '' })}
      </Banner>
    );
  return (
    <Banner meaning="attention">
      {why && t('There is no draft: the language model {why}.', { why: outcomeTexts[why] })}
      {sentences.length > 0 && (
        <>
          {' '}
          {t('The mail asks:')}
          <ul>
            {sentences.map(({ text }) => (
              <li key={text}>
                <bdi>{text}</bdi>
              </li>
            ))}
          </ul>
        </>
      )}
    </Banner>
  );
}
