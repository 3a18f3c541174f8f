import { useMutation } from '@tanstack/react-query';
import { BrainCircuit } from 'lucide-react';
import type { InsightAnswer, InsightAnswerPost, Insights } from '../../../src/modules/insight/insights/contract.ts';
import { api } from '../../platform/query/api.ts';
import { messageOf } from '../../platform/query/problem.ts';
import { t } from '../../text/text.ts';
import { Banner } from '../../ui/Banner.tsx';
import { Button } from '../../ui/Button.tsx';
import { formatNumber } from '../../ui/format.ts';
import { outcomeTexts } from './language-model/model.ts';
import { actionText, Part, Sentence, SourceLink } from './sources.tsx';

interface ModelAnswersProps extends Pick<InsightAnswerPost, 'of' | 'id'> {
  model: NonNullable<Insights['model']>;
}

const kinds = {
  summary: { title: t('In short'), button: t('Summarise') },
  next_action: { title: t('Next step'), button: t('Suggest a next step') },
} as const;
type Kind = keyof typeof kinds;

/** What the language model of the workspace says when somebody asks it: each question costs. */
export function ModelAnswers({ of, id, model }: ModelAnswersProps) {
  const offered = (['summary', 'next_action'] as const).filter((kind) => model.features.includes(kind));
  if (offered.length === 0) return null;
  return (
    <section aria-label={t('Language model')} className="mt-3 flex flex-col gap-2 border-line border-t pt-2">
      <h3 className="flex items-center gap-1.5 text-12 font-medium text-muted">
        <BrainCircuit size={14} aria-hidden="true" />
        <bdi className="truncate">{t('Ask {model}', { model: model.name })}</bdi>
      </h3>
      {offered.map((kind) => (
        <Asked key={kind} kind={kind} of={of} id={id} />
      ))}
    </section>
  );
}

function Asked({ kind, of, id }: Pick<InsightAnswerPost, 'of' | 'id'> & { kind: Kind }) {
  const ask = useMutation({
    mutationFn: () => api.post<InsightAnswer>('/insight-answers', { of, id, kind }),
  });
  return (
    <>
      <Button size="small" className="self-start" busy={ask.isPending} onClick={() => ask.mutate()}>
        {kinds[kind].button}
      </Button>
      {ask.error && <Banner meaning="bad">{messageOf(ask.error)}</Banner>}
      {ask.data && <Answered answer={ask.data} title={kinds[kind].title} />}
    </>
  );
}

function Answered({ answer, title }: { answer: InsightAnswer; title: string }) {
  const { sentences, next_action, why } = answer;
  return (
    <Part title={title}>
      <div role="status" className="flex flex-col gap-1.5">
        {why && (
          <Banner meaning="attention">{t('By rules: the language model {why}.', { why: outcomeTexts[why] })}</Banner>
        )}
        <ul className="flex flex-col gap-1.5">
          {next_action && <Sentence text={actionText(next_action)} source={next_action.source} />}
          {sentences.map(({ text, sources }) => (
            <li key={text}>
              <bdi className="block wrap-anywhere">{text}</bdi>
              <span className="flex flex-wrap gap-x-3">
                {sources.map((source) => (
                  <SourceLink key={source.id} source={source} />
                ))}
              </span>
            </li>
          ))}
        </ul>
        <p className="text-12 text-faint">{madeText(answer)}</p>
      </div>
    </Part>
  );
}

/** By what an answer was made, what was left out of it, and how much more one may ask today. */
function madeText({ made_by, model, dropped, tokens_left, sentences, next_action }: InsightAnswer): string {
  const nothing = sentences.length === 0 && next_action === null;
  const by =
    made_by === 'model'
      ? t('Written by {model} from the texts that are named. Check them before you rely on it.', { model: model ?? '' })
      : nothing
        ? t('The rules find nothing either.')
        : t('Chosen by rules.');
  const left =
    dropped > 0
      ? t(
          '{dropped, plural, one {One sentence was} other {# sentences were}} left out, without a source or with a link.',
          { dropped },
        )
      : null;
  const quota =
    tokens_left === null ? null : t('{tokens} tokens are left for you today.', { tokens: formatNumber(tokens_left) });
  return [by, left, quota].filter(Boolean).join(' ');
}
