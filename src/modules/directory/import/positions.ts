import { z } from 'zod';
import { fieldErrors } from '../../../kernel/errors/field-errors.ts';
import type { FieldError } from '../../../kernel/errors/problem.ts';
import { cutText, parseCellList } from '../../../platform/csv/index.ts';
import { type Load, type LoadRow, leaveOutPart } from '../../../platform/import/index.ts';
import { position } from '../contact-position/contract.ts';
import { insertPositions } from './position-queries.ts';

/** What a row says of its further positions, in columns beside that of their companies. */
export const positionLabels = {
  position_role: 'Further job titles',
  position_started_on: 'Further positions from',
  position_ended_on: 'Further positions until',
} as const;
type PositionField = keyof typeof positionLabels;
const fields = Object.keys(positionLabels) as PositionField[];

const shape = {
  position_role: position.create.shape.role,
  position_started_on: position.create.shape.started_on,
  position_ended_on: position.create.shape.ended_on,
};
const textList = z.array(z.string().nullable());

const shown_characters_max = 60;
/** As much of a text as a message has room for. */
const begun = (text: string): string =>
  text.length > shown_characters_max ? `${cutText(text, shown_characters_max)}…` : text;

/** Of companies that are not there the id is empty. */
const companiesOf = ({ values }: LoadRow): string[] => values.position_company_id?.split(';') ?? [];

/**
 * The texts beside the companies, in their order: in JSON as exports write it, where there may be nothing, or with
 * semicolons between.
 */
function listOf({ values }: LoadRow, field: PositionField): (string | null)[] {
  const text = values[field];
  if (!text) return [];
  try {
    return textList.parse(JSON.parse(text));
  } catch {
    return parseCellList(text, ';');
  }
}

/** What does not fit of a row's further positions is left out and noted; the positions themselves are kept. */
export async function checkPositions(load: Load, rows: LoadRow[]): Promise<void> {
  for (const row of rows) {
    // Hardly any row has one, and every row of every import comes here.
    if (fields.every((field) => !row.values[field])) continue;
    const companies = companiesOf(row);
    const count = companies.length;
    const lists = {
      position_role: listOf(row, 'position_role'),
      position_started_on: listOf(row, 'position_started_on'),
      position_ended_on: listOf(row, 'position_ended_on'),
    };
    for (const field of fields) {
      leaveOutSurplus(load, row, { field, texts: lists[field].splice(count), count });
      lists[field] = lists[field].map((text) => leaveOutUnfit(load, row, field, text));
    }
    const { position_started_on: from, position_ended_on: until } = lists;
    for (let at = 0; at < count; at++) {
      const [started_on, ended_on] = [from[at], until[at]];
      if (!started_on || !ended_on || started_on <= ended_on) continue;
      const message = `A further position ends on ${ended_on}, before it starts on ${started_on}. Its period is left out; correct one of the two days.`;
      const text = `${started_on} – ${ended_on}`;
      leaveOutPart(load, row, { code: 'inverted_period', message, label: positionLabels.position_started_on, text });
      from[at] = null;
      until[at] = null;
    }
    companies.forEach((company_id, at) => {
      const text = fields.flatMap((field) => lists[field][at] ?? []).join(', ');
      if (company_id !== '' || text === '') return;
      const message = `The company of a further position is not there, so that the rest of the position is left out: “${begun(text)}”.`;
      leaveOutPart(load, row, { code: 'missing_company', message, label: positionLabels.position_role, text });
    });
    for (const field of fields) if (row.values[field]) row.values[field] = JSON.stringify(lists[field]);
  }
}

/** Of texts beyond the companies nobody knows at which the person had them. */
function leaveOutSurplus(
  load: Load,
  row: LoadRow,
  { field, texts, count }: { field: PositionField; texts: (string | null)[]; count: number },
): void {
  const text = texts.filter((one) => one !== null).join('; ');
  if (text === '') return;
  const label = positionLabels[field];
  const message = `This row names ${count} further companies, but “${label}” has more values. Those beyond are left out: “${begun(text)}”.`;
  leaveOutPart(load, row, { code: 'not_one_each', message, label, text });
}

/** The text, or null when it does not fit as it must over HTTP. */
function leaveOutUnfit(load: Load, row: LoadRow, field: PositionField, text: string | null): string | null {
  const checked = text === null ? undefined : shape[field].safeParse(text);
  if (text === null || !checked?.error) return text;
  const [error] = fieldErrors(checked.error) as [FieldError];
  const label = positionLabels[field];
  const message = `The value “${begun(text)}” of “${label}” does not fit: ${error.message}.`;
  leaveOutPart(load, row, { code: error.code, message, label, text });
  return null;
}

/** Adds further positions, each at a company and perhaps with a role and a period that was checked before. */
export async function addPositions({ ctx, import_id }: Load, rows: LoadRow[]): Promise<void> {
  const positions = rows.flatMap((row) => {
    if (!row.values.position_company_id) return [];
    const [roles, from, until] = [
      listOf(row, 'position_role'),
      listOf(row, 'position_started_on'),
      listOf(row, 'position_ended_on'),
    ];
    return companiesOf(row).flatMap((company_id, at) =>
      company_id === ''
        ? []
        : {
            contact_id: row.id,
            company_id,
            role: roles[at] ?? null,
            started_on: from[at] ?? null,
            ended_on: until[at] ?? null,
          },
    );
  });
  if (positions.length > 0) await insertPositions(ctx, positions, import_id);
}
