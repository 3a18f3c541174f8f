import { Problem } from '../../../kernel/errors/problem.ts';
import { rootPath, type Values } from '../../../kernel/resource/store.ts';
import {
  asHtml,
  contractTarget,
  type ImportTarget,
  type Load,
  type LoadRow,
  recordsOfRow,
  refuseRow,
  type TargetField,
} from '../../../platform/import/index.ts';
import { withText } from '../../../platform/mention/index.ts';
import { note } from '../../../platform/note/contract.ts';
import { requireRecords } from '../../../platform/subject.ts';
import { activity } from '../activity/contract.ts';
import { task } from '../task/contract.ts';
import { createNext } from '../task/index.ts';

/**
 * What is attached to records: files say to which by the names of a contact, a company or a deal. They load after
 * these. To be called once all contracts are loaded, to which theirs refer.
 */
export const entryTargets = (): ImportTarget[] => [taskTarget(), activityTarget(), noteTarget()];

const kindWords = { mail: 'email', anruf: 'call', telefonat: 'call', besprechung: 'meeting', termin: 'meeting' };
const statusWords = {
  'not started': 'open',
  completed: 'done',
  offen: 'open',
  erledigt: 'done',
  abgeschlossen: 'done',
};
const priorityWords = { medium: 'normal', niedrig: 'low', mittel: 'normal', hoch: 'high', dringend: 'urgent' };

/** The fields of a target, with other words for their values. */
const withAliases = ({ fields }: ImportTarget, aliases: Record<string, Record<string, string>>): TargetField[] =>
  fields.map((field) => ({ ...field, ...(aliases[field.name] && { aliases: aliases[field.name]! }) }));

function noteTarget(): ImportTarget {
  const target = contractTarget(note);
  return {
    ...target,
    identity: ['body'],
    fields: target.fields.map((field) => (field.name === 'body' ? { ...field, columns: ['body', 'mentions'] } : field)),
    defaults: (given) => ({ ...target.defaults(given), pinned: 'false' }),
    prepare: async (load, rows) => {
      await target.prepare!(load, rows);
      await cleanTexts(load, rows);
    },
    check: attached(target, 'note'),
  };
}

function activityTarget(): ImportTarget {
  const target = contractTarget(activity);
  return {
    ...target,
    fields: withAliases(target, { kind: kindWords }),
    identity: ['subject'],
    defaults: (given) => ({ ...target.defaults(given), occurred_at: new Date().toISOString() }),
    check: attached(target, 'activity'),
  };
}

function taskTarget(): ImportTarget {
  const target = contractTarget(task);
  return {
    ...target,
    fields: withAliases(target, { status: statusWords, priority: priorityWords }).map((field) =>
      by_rules.includes(field.name) ? { ...field, readOnly: true } : field,
    ),
    defaults: (given) => ({ ...target.defaults(given), status: 'open', priority: 'normal' }),
    // Exports have both of a task that is due on a day: as in a request, the day counts.
    shape: ({ values }) => {
      if (values.due_on) values.due_at = null;
    },
    check: async (load, rows) => {
      await target.check!(load, rows);
      await continueSeries(load, rows);
    },
  };
}

/** A file ticks off a task that repeats as a request does: the next one takes its place. */
async function continueSeries({ ctx, dry }: Load, rows: LoadRow[]): Promise<void> {
  if (dry) return;
  const done = rows.filter(({ found, values }) => found && values.status === 'done');
  if (done.length > 0) await createNext(ctx, new Map(done.map(({ id, values }) => [id, brought(values)])));
}

/** The fields of a task that a row has a value for. */
const brought = ({ custom, records, ...values }: LoadRow['values']): Values => ({
  ...Object.fromEntries(Object.entries(values).filter(([name, value]) => value !== null && task.meta.has(name))),
  ...(custom && { custom: JSON.parse(custom) }),
  ...(records && {
    records: records
      .slice(1, -1)
      .split(',')
      .map((id) => ({ id })),
  }),
});

/** They follow rules that no single cell can be checked by. */
const by_rules = ['recurrence', 'remind_before'];

const attached = (target: ImportTarget, title: string) => async (load: Load, rows: LoadRow[]) => {
  await target.check!(load, rows);
  for (const row of rows)
    if (!row.found) await refusing(row, () => requireRecords([{ records: recordsOfRow(row) }], title, rootPath));
};

/** As exports have notes; everything else is plain text. */
const isHtml = /^<(p|h[1-3]|ul|ol|pre|blockquote|hr)\b/;

async function cleanTexts({ ctx }: Load, rows: LoadRow[]): Promise<void> {
  const { user_id: author_id } = ctx.actor;
  for (const row of rows) {
    const { body: given } = row.values;
    if (!given) continue;
    const input = { body: isHtml.test(given) ? given : `<p>${asHtml(given)}</p>` };
    await refusing(row, async () => {
      const { body, mentions } = await withText(ctx, input, {
        attached: 'note',
        records: recordsOfRow(row),
        author_id,
        path: '',
      });
      Object.assign(row.values, { body, mentions: `{${mentions}}` });
    });
  }
}

/** What the API would answer, said of the row. */
async function refusing(row: LoadRow, work: () => void | Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const [{ code, message } = { code: error.code, message: error.message }] = error.errors;
    refuseRow(row, code, `${message}.`);
  }
}
