import { type ReactNode, useState } from 'react';
import { attempt } from '../../../app/attempt.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { Banner } from '../../../ui/Banner.tsx';
import { cx } from '../../../ui/cx.ts';
import { formatBytes, formatNumber } from '../../../ui/format.ts';
import { Select } from '../../../ui/Select.tsx';
import { Switch } from '../../../ui/Switch.tsx';
import { changeImport, type FileAnswers, type ImportFile, useImportTargets } from './import.ts';
import { Preview } from './Preview.tsx';
import { QuestionList } from './QuestionList.tsx';

const encodings = [
  ['utf-8', 'UTF-8'],
  ['utf-16le', 'UTF-16'],
  ['utf-16be', 'UTF-16 (big endian)'],
  ['windows-1252', 'Windows-1252 (Western)'],
  ['windows-1250', 'Windows-1250 (Central European)'],
  ['windows-1251', 'Windows-1251 (Cyrillic)'],
  ['iso-8859-2', 'ISO 8859-2'],
  ['shift_jis', 'Shift JIS'],
  ['gb18030', 'GB 18030'],
  ['big5', 'Big5'],
  ['euc-kr', 'EUC-KR'],
].map(([value, label]) => ({ value: value as string, label: label as string }));

const delimiters = [
  { value: ',', label: 'Comma' },
  { value: ';', label: 'Semicolon' },
  { value: '\t', label: 'Tab' },
  { value: '|', label: 'Bar |' },
];

/** One file: what its rows are, how it is written, and what it looks like. */
export function FoundFile({ importId, file }: { importId: string; file: ImportFile }) {
  const targets = useImportTargets();
  const [busy, setBusy] = useState(false);
  async function change(answers: FileAnswers) {
    setBusy(true);
    await attempt(() => changeImport(importId, { files: [{ id: file.id, ...answers }] }));
    setBusy(false);
  }
  const resources = (targets.data ?? []).map(({ resource, label }) => ({ value: resource, label }));

  return (
    <section
      aria-label={file.name}
      aria-busy={busy}
      className={cx('rounded-lg border border-line', busy && 'opacity-60')}
    >
      <header className="flex flex-wrap items-center gap-3 border-b border-line px-4 py-3">
        <div className="min-w-0 flex-1">
          <h3 className="truncate text-14">
            <bdi>{file.name}</bdi>
          </h3>
          <p className="text-12 text-muted tabular-nums">
            {formatBytes(file.size_bytes)}, {formatNumber(file.columns.length)} columns
            {file.complete ? `, ${formatNumber(file.counts.rows)} rows` : ''}
          </p>
        </div>
        {file.source && (
          <Badge meaning="info" className="max-sm:order-last">
            From {file.source}
          </Badge>
        )}
        <span className="flex items-center gap-2 text-13 text-muted">
          Import it
          <Switch
            label={`Import ${file.name}`}
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
              {problem.message}
            </Banner>
          ))}
          <div className="grid grid-cols-2 gap-3 md:grid-cols-4">
            <Labelled label="Each row is">
              <Select
                label={`What a row of ${file.name} is`}
                options={resources}
                value={file.resource}
                placeholder="Not recognised"
                disabled={busy}
                onChange={(resource) => void change({ resource })}
              />
            </Labelled>
            <Labelled label="Encoding">
              <Select
                label="Encoding"
                options={encodings}
                value={file.dialect.encoding}
                disabled={busy}
                onChange={(encoding) => void change({ dialect: { encoding } })}
              />
            </Labelled>
            <Labelled label="Between the cells">
              <Select
                label="Between the cells"
                options={delimiters}
                value={file.dialect.delimiter}
                disabled={busy}
                onChange={(delimiter) => void change({ dialect: { delimiter } })}
              />
            </Labelled>
            <Labelled label="First row">
              <Select
                label="First row"
                options={[
                  { value: 'header', label: 'Names the columns' },
                  { value: 'data', label: 'Is data' },
                ]}
                value={file.dialect.header ? 'header' : 'data'}
                disabled={busy}
                onChange={(first) => void change({ dialect: { header: first === 'header' } })}
              />
            </Labelled>
          </div>
          {file.reasons.length > 0 && <p className="text-12 text-muted">{file.reasons.join(' ')}</p>}
          <QuestionList file={file} busy={busy} onAnswer={(values) => void change({ values })} />
          <Preview
            label={`First rows of ${file.name}`}
            columns={file.columns.map(({ name }) => name)}
            rows={file.preview}
          />
        </div>
      )}
    </section>
  );
}

function Labelled({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <span aria-hidden="true" className="text-12 text-muted">
        {label}
      </span>
      {children}
    </div>
  );
}
