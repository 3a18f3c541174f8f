import { useState } from 'react';
import { attempt } from '../../../platform/query/attempt.ts';
import { t, translateServerText } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { Banner } from '../../../ui/Banner.tsx';
import { cx } from '../../../ui/cx.ts';
import { formatBytes, formatNumber } from '../../../ui/format.ts';
import { Select } from '../../../ui/Select.tsx';
import { Switch } from '../../../ui/Switch.tsx';
import { changeImport, type FileAnswers, type ImportFile, useImportTargets } from './import.ts';
import { Labelled } from './Labelled.tsx';
import { Preview } from './Preview.tsx';
import { QuestionList } from './QuestionList.tsx';

const encodings = [
  ['utf-8', 'UTF-8'],
  ['utf-16le', 'UTF-16'],
  ['utf-16be', 'UTF-16 (big endian)'],
  ['windows-1252', t('Windows-1252 (Western)')],
  ['windows-1250', t('Windows-1250 (Central European)')],
  ['windows-1251', t('Windows-1251 (Cyrillic)')],
  ['iso-8859-2', 'ISO 8859-2'],
  ['shift_jis', 'Shift JIS'],
  ['gb18030', 'GB 18030'],
  ['big5', 'Big5'],
  ['euc-kr', 'EUC-KR'],
].map(([value, label]) => ({ value: value as string, label: label as string }));

const delimiters = [
  { value: ',', label: t('Comma') },
  { value: ';', label: t('Semicolon') },
  { value: '\t', label: t('Tab') },
  { value: '|', label: t('Bar |') },
];

/** Offered in the list; there may be more. */
const skipped_rows_max = 20;

/** One file: what its rows are, how it is written, and what it looks like. */
export function FoundFile({ importId, file }: { importId: string; file: ImportFile }) {
  const targets = useImportTargets();
  const [busy, setBusy] = useState(false);
  const skipped = file.dialect.skipped_rows ?? 0;
  async function change(answers: FileAnswers) {
    setBusy(true);
    await attempt(() => changeImport(importId, { files: [{ id: file.id, ...answers }] }));
    setBusy(false);
  }
  const resources = (targets.data ?? []).map(({ resource, label }) => ({
    value: resource,
    label: translateServerText(label),
  }));

  return (
    <section
      aria-label={file.name}
      aria-busy={busy}
      className={cx('rounded-lg border border-line', busy && 'opacity-60')}
    >
      <header className="flex flex-wrap items-center gap-3 border-b border-line px-4 py-3">
        <div className="min-w-0 flex-1 max-sm:basis-full">
          <h3 className="truncate text-14">
            <bdi>{file.name}</bdi>
          </h3>
          <p className="text-12 text-muted tabular-nums">
            {file.complete
              ? t(
                  '{size}, {columns, plural, one {# column} other {# columns}}, {rows, plural, one {# row} other {# rows}}',
                  {
                    size: formatBytes(file.size_bytes),
                    columns: file.columns.length,
                    rows: file.counts.rows,
                  },
                )
              : t('{size}, {columns, plural, one {# column} other {# columns}}', {
                  size: formatBytes(file.size_bytes),
                  columns: file.columns.length,
                })}
          </p>
        </div>
        {file.source && (
          <Badge meaning="info" className="max-sm:order-last">
            {t('From {source}', { source: file.source })}
          </Badge>
        )}
        <span className="flex items-center gap-2 text-13 text-muted">
          {t('Import')}
          <Switch
            label={t('Import {name}', { name: file.name })}
            checked={!file.ignored}
            disabled={busy}
            onChange={(on) => void change({ ignored: !on })}
          />
        </span>
      </header>
      {!file.ignored && (
        <div className="flex flex-col gap-4 p-4">
          {file.problems.map((problem) => (
            <Banner
              key={`${problem.code}/${problem.column}/${problem.row}`}
              meaning={problem.severity === 'warning' ? 'attention' : 'bad'}
            >
              {translateServerText(problem.message)}
            </Banner>
          ))}
          <div className="grid grid-cols-1 gap-3 min-[26rem]:grid-cols-2 lg:grid-cols-4">
            <Labelled label={t('Each row is')}>
              <Select
                label={t('What each row of {name} is', { name: file.name })}
                options={resources}
                value={file.resource}
                placeholder={t('Not recognised')}
                disabled={busy}
                onChange={(resource) => void change({ resource })}
              />
            </Labelled>
            {!file.converted && (
              <Labelled label={t('Encoding')}>
                <Select
                  label={t('Encoding')}
                  options={encodings}
                  value={file.dialect.encoding}
                  disabled={busy}
                  onChange={(encoding) => void change({ dialect: { encoding } as FileAnswers['dialect'] })}
                />
              </Labelled>
            )}
            <Labelled label={t('Delimiter')}>
              <Select
                label={t('Delimiter')}
                options={delimiters}
                value={file.dialect.delimiter}
                disabled={busy}
                onChange={(delimiter) => void change({ dialect: { delimiter } as FileAnswers['dialect'] })}
              />
            </Labelled>
            <Labelled label={t('First row')}>
              <Select
                label={t('First row')}
                options={[
                  { value: 'header', label: t('Column names') },
                  { value: 'data', label: t('Data') },
                ]}
                value={file.dialect.header ? 'header' : 'data'}
                disabled={busy}
                onChange={(first) => void change({ dialect: { header: first === 'header' } })}
              />
            </Labelled>
            <Labelled label={t('Rows above it')}>
              <Select
                label={t('Rows above it')}
                options={Array.from({ length: Math.max(skipped_rows_max, skipped) + 1 }, (_, rows) => ({
                  value: String(rows),
                  label: formatNumber(rows),
                }))}
                value={String(skipped)}
                disabled={busy}
                onChange={(rows) => void change({ dialect: { skipped_rows: Number(rows) } })}
              />
            </Labelled>
          </div>
          {file.converted && (
            <p className="text-12 text-muted">
              {t(
                'This table was made from a vCard file or an address book. If letters in it are wrong, export that again as UTF-8.',
              )}
            </p>
          )}
          {file.reasons.length > 0 && (
            <p className="text-12 text-muted">{file.reasons.map(translateServerText).join(' ')}</p>
          )}
          <QuestionList file={file} busy={busy} onAnswer={(values) => void change({ values })} />
          <Preview
            label={t('First rows of {name}', { name: file.name })}
            columns={file.columns.map(({ name }) => name)}
            rows={file.preview}
          />
        </div>
      )}
    </section>
  );
}
