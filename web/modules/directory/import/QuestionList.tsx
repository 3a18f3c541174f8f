import { CircleHelp } from 'lucide-react';
import { t, translateServerText } from '../../../text/text.ts';
import { Select } from '../../../ui/Select.tsx';
import type { FileAnswers, ImportFile } from './import.ts';

interface QuestionListProps {
  file: ImportFile;
  busy: boolean;
  onAnswer: (values: NonNullable<FileAnswers['values']>) => void;
}

/** What the values alone cannot say, such as which comes first, the day or the month. */
export function QuestionList({ file, busy, onAnswer }: QuestionListProps) {
  if (file.questions.length === 0) return null;
  const given = file.answers.values ?? [];
  return (
    <ul aria-label={t('Questions')} className="flex flex-col gap-2">
      {file.questions.map((question) => {
        const isThis = (answer: { code: string; column: string }) =>
          answer.code === question.code && answer.column === question.column;
        return (
          <li
            key={`${question.code}/${question.column}`}
            className="flex flex-wrap items-center gap-3 rounded-md bg-attention-soft px-3 py-2 text-13 text-attention-ink"
          >
            <CircleHelp size={16} aria-hidden="true" className="shrink-0" />
            <span className="min-w-0 flex-1 basis-48">
              <bdi className="font-medium">{question.column}</bdi>: {translateServerText(question.message)}
            </span>
            <Select
              label={translateServerText(question.message)}
              className="w-full! sm:w-80!"
              options={question.options.map(({ value, label }) => ({ value, label: translateServerText(label) }))}
              value={given.find(isThis)?.value ?? question.proposed}
              disabled={busy}
              onChange={(value) =>
                onAnswer([
                  ...given.filter((answer) => !isThis(answer)),
                  { code: question.code, column: question.column, value },
                ])
              }
            />
          </li>
        );
      })}
    </ul>
  );
}
