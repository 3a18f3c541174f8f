import { useId, useState } from 'react';
import { FormShell } from '../../../../platform/page/FormShell.tsx';
import { t, translateServerText } from '../../../../text/text.ts';
import { Button } from '../../../../ui/Button.tsx';
import { Checkbox } from '../../../../ui/Checkbox.tsx';
import { Dialog } from '../../../../ui/Dialog.tsx';
import { Field } from '../../../../ui/Field.tsx';
import { formatNumber } from '../../../../ui/format.ts';
import { Input } from '../../../../ui/Input.tsx';
import { Textarea } from '../../../../ui/Textarea.tsx';
import { type Fix, type FixRow, isMultiline, isWhole, original } from './fixes.ts';

interface FixRowDialogProps {
  row: FixRow;
  /** All of the file, in order; and those that are imported. */
  columns: readonly string[];
  mapped: readonly string[];
  onSave: (fixes: Fix[]) => Promise<void>;
  onClose: () => void;
}

/** One row with all its cells, each with what is wrong with it. */
export function FixRowDialog({ row, columns, mapped, onSave, onClose }: FixRowDialogProps) {
  const form = useId();
  const cellOf = (column: string) => row.cells[columns.indexOf(column)] ?? '';
  const wrong = (column: string) => row.problems.filter((problem) => problem.column === column);
  const ofRow = row.problems.find(({ column }) => column === null);
  const ordered = mapped.toSorted((a, b) => Number(wrong(b).length > 0) - Number(wrong(a).length > 0));
  const [values, setValues] = useState<Record<string, string>>({});
  const [everywhere, setEverywhere] = useState<ReadonlySet<string>>(new Set());
  const [busy, setBusy] = useState(false);
  const changed = ordered.filter((column) => values[column] !== undefined && values[column] !== cellOf(column));

  async function send(fixes: Fix[]) {
    setBusy(true);
    await onSave(fixes);
    setBusy(false);
    onClose();
  }
  const save = () =>
    send(
      changed.map((column) => {
        const value = values[column]!;
        return everywhere.has(column)
          ? { column, was: original(row, columns, column), value }
          : { row: row.row, column, value };
      }),
    );
  const toggle = (column: string, on: boolean) =>
    setEverywhere((kept) => new Set(on ? [...kept, column] : [...kept].filter((each) => each !== column)));

  return (
    <Dialog
      open
      title={t('Row {number}', { number: formatNumber(row.row) })}
      description={ofRow && translateServerText(ofRow.message)}
      onClose={onClose}
      footer={
        <>
          <Button
            className="me-auto"
            busy={busy}
            onClick={() => void send([{ row: row.row, left_out: !row.left_out }])}
          >
            {row.left_out ? t('Import this row') : t('Leave this row out')}
          </Button>
          <Button onClick={onClose}>{t('Cancel')}</Button>
          <Button type="submit" form={form} emphasis="primary" busy={busy} disabled={changed.length === 0}>
            {t('Save')}
          </Button>
        </>
      }
    >
      <FormShell id={form} error={null} fields={[]} onSubmit={() => void save()} className="grid gap-4 pt-1">
        {ordered.map((column) => {
          const found = wrong(column);
          const bad = found.some(({ severity }) => severity !== 'warning');
          const was = row.was[column];
          const isCut = row.cut.includes(column);
          const Control = isCut || isMultiline(cellOf(column)) ? Textarea : Input;
          const tooLong = t('This text is longer than what is shown here. Correct it in the file, and import that.');
          return (
            <div key={column}>
              <Field
                name={column}
                label={column}
                help={isCut ? tooLong : was === undefined ? undefined : t('In the file: “{text}”', { text: was })}
              >
                <Control
                  readOnly={isCut}
                  value={values[column] ?? cellOf(column)}
                  aria-invalid={bad || undefined}
                  onValueChange={(value) => setValues((kept) => ({ ...kept, [column]: value }))}
                />
              </Field>
              {found.length > 0 && (
                <p className={`mt-1 text-12 ${bad ? 'text-bad-ink' : 'text-attention-ink'}`}>
                  {found.map(({ message }) => translateServerText(message)).join(' ')}
                </p>
              )}
              {changed.includes(column) && isWhole(row, columns, column) && (
                // biome-ignore lint/a11y/noLabelWithoutControl: the box inside is its control
                <label className="mt-1.5 flex items-center gap-2 text-12 text-muted">
                  <Checkbox
                    label={t('In all rows with “{text}”', { text: original(row, columns, column) })}
                    checked={everywhere.has(column)}
                    onChange={(on) => toggle(column, on)}
                  />
                  <span aria-hidden="true">
                    {t('In all rows with “{text}”', { text: original(row, columns, column) })}
                  </span>
                </label>
              )}
            </div>
          );
        })}
      </FormShell>
    </Dialog>
  );
}
