import { useState } from 'react';
import { attempt } from '../../../platform/query/attempt.ts';
import { T } from '../../../text/T.tsx';
import { inSentence, t, translateServerText } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { makeFixes, refreshImport } from './fix/fixes.ts';
import { type ImportFile, useImportTargets } from './import.ts';

const shown_max = 20;

interface CreatedNamesProps {
  importId: string;
  file: ImportFile;
  /** While the import can still be changed. */
  canChoose: boolean;
}

/** How many records are created because rows name them, and which of them are called like one that is there. */
export function CreatedNames({ importId, file, canChoose }: CreatedNamesProps) {
  const [used, setUsed] = useState<ReadonlySet<string>>(new Set());
  const targets = useImportTargets();
  const [busy, setBusy] = useState(false);
  const columns = file.matches.filter(({ created_count }) => created_count > 0);
  if (columns.length === 0) return null;
  async function use(column: string, text: string, name: string) {
    setBusy(true);
    const done = await attempt(async () => {
      await makeFixes(importId, file.id, [{ column, was: text, value: name }]);
      await refreshImport();
    });
    if (done) setUsed((before) => new Set(before).add(text));
    setBusy(false);
  }
  return (
    <ul
      aria-label={t('Records created from names')}
      className="flex flex-col gap-3 border-t border-line px-4 py-3 text-13"
    >
      {columns.map(({ column, resource, created, created_count }) => {
        const similar = created.filter(({ suggestion }) => suggestion !== null).slice(0, shown_max);
        return (
          <li key={column} className="flex flex-col gap-1.5">
            <p>
              <bdi className="block font-medium">{column}</bdi>
              <span className="text-muted">
                {t('New {records} named in the rows: {count, number}', {
                  count: created_count,
                  records: inSentence(
                    translateServerText(targets.data?.find((one) => one.resource === resource)?.label ?? resource),
                  ),
                })}
              </span>
            </p>
            {similar.length > 0 && (
              <ul className="flex flex-col gap-1.5">
                {similar.map(({ text, suggestion }) => (
                  <li key={text} className="flex flex-wrap items-center gap-x-3 gap-y-1 text-attention-ink">
                    <span className="min-w-0 flex-1 basis-60 wrap-anywhere">
                      <T
                        text="“<bdi>{text}</bdi>” is similar to <bdi>{suggestion}</bdi>"
                        values={{ text, suggestion: suggestion!, bdi: (words) => <bdi>{words}</bdi> }}
                      />
                    </span>
                    {canChoose && (
                      <Button
                        size="small"
                        disabled={busy || used.has(text)}
                        onClick={() => void use(column, text, suggestion!)}
                      >
                        {used.has(text)
                          ? t('{name} applied', { name: suggestion! })
                          : t('Use {name}', { name: suggestion! })}
                      </Button>
                    )}
                  </li>
                ))}
              </ul>
            )}
          </li>
        );
      })}
    </ul>
  );
}
