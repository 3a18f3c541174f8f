import type { Context } from '../kernel/tenancy/context.ts';
import type { FileAnswers, ImportOptions, ImportReport } from '../platform/import/contract.ts';
import {
  type Analysing,
  changeImport,
  describeImport,
  type ImportTarget,
  replaceTexts,
  savedMappingNamed,
  tenantTargets,
} from '../platform/import/index.ts';
import { type Call, UsageError } from './command.ts';

const note = 'note';
const same_name = { create: 'create', update: 'update' } as const;
const same_email = { 'by-name': 'by_name', 'one-person': 'one_person' } as const;

export function optionsOf({ flags, switches }: Call): Partial<ImportOptions> {
  if (switches.strict && switches['keep-in-notes'])
    throw new UsageError('--strict leaves out a row that --keep-in-notes would keep: give one of them.');
  return {
    ...(flags.currency && { currency: flags.currency }),
    ...(switches.strict && { bad_cells: 'leave_out_row' as const }),
    ...(switches['keep-in-notes'] && { bad_cells: 'note' as const }),
    ...(flags['same-name'] && { same_name: chosen('same-name', flags['same-name'], same_name) }),
    ...(flags['same-email'] && { same_email: chosen('same-email', flags['same-email'], same_email) }),
    ...(switches['create-missing'] === false && { missing_relations: 'leave_empty' as const }),
  };
}

/** What a flag chooses, by the words that it takes. */
function chosen<Choice extends string>(flag: string, text: string, choices: Readonly<Record<string, Choice>>): Choice {
  const choice = Object.hasOwn(choices, text) ? choices[text] : undefined;
  if (choice !== undefined) return choice;
  throw new UsageError(`--${flag} takes ${Object.keys(choices).join(' or ')}.`);
}

/**
 * Applies --as, --mapping, --map, --keep-in-notes and --map-option, in this order. Throws `UsageError` where a column
 * or a field is not there.
 */
export async function mapAsTold(ctx: Context, services: Analysing, id: string, call: Call): Promise<void> {
  const targets = await tenantTargets(ctx, services.targets);
  const answers: FileAnswers = {};
  if (call.flags.as) answers.resource = resourceCalled(call.flags.as, targets);
  if (call.flags.mapping) answers.saved_mapping_id = (await mappingCalled(ctx, call.flags.mapping)).id;
  if (Object.keys(answers).length > 0) await change(ctx, services, id, () => answers);
  const pairs = (call.repeated.map ?? []).map((text) => pairOf(text, '--map "COLUMN=FIELD"'));
  const { files } = await read(ctx, targets, id);
  const absent = pairs.find(([column]) => !files.some(({ columns }) => columns.some(({ name }) => name === column)));
  if (absent)
    throw new UsageError(
      `No file has a column "${absent[0]}". There are ${files.flatMap(({ columns }) => columns.map(({ name }) => name)).join(', ')}.`,
    );
  if (pairs.length > 0)
    await change(ctx, services, id, ({ resource, columns }) => {
      const target = targets.find((one) => one.resource === resource);
      const own = pairs.filter(([column]) => columns.some(({ name }) => name === column));
      return { columns: Object.fromEntries(own.map(([column, field]) => [column, fieldCalled(field, target)])) };
    });
  if (call.switches['keep-in-notes'])
    await change(ctx, services, id, ({ resource, columns }) => {
      const hasNotes = targets.find((one) => one.resource === resource)?.fields.some(({ name }) => name === note);
      const told = new Set(pairs.map(([column]) => column));
      const open = hasNotes ? columns.filter(({ name, field }) => field === null && !told.has(name)) : [];
      return { columns: Object.fromEntries(open.map(({ name }) => [name, note])) };
    });
  await mapOptions(ctx, id, call.repeated['map-option'] ?? [], targets);
}

async function mapOptions(ctx: Context, id: string, texts: readonly string[], targets: Targets): Promise<void> {
  if (texts.length === 0) return;
  const { files } = await read(ctx, targets, id);
  const told = new Set<string>();
  for (const file of files) {
    const target = targets.find(({ resource }) => resource === file.resource);
    const fixes = texts.flatMap((text) => {
      const [place, option] = pairOf(text, '--map-option "COLUMN:TEXT=OPTION"');
      const column = file.columns.find(({ name }) => place.startsWith(`${name}:`));
      if (!column) return [];
      told.add(text);
      const field = target?.fields.find(({ name }) => name === column.field);
      return { column: column.name, was: place.slice(column.name.length + 1), value: optionCalled(option, field) };
    });
    await replaceTexts(ctx, file.id, fixes);
  }
  const absent = texts.find((text) => !told.has(text));
  if (absent) throw new UsageError(`No file has the column of --map-option "${absent}".`);
}

/** Where the field is no choice, any text may stand in place of another. */
function optionCalled(text: string, field: Targets[number]['fields'][number] | undefined): string {
  const { values } = field ?? {};
  if (text === '' || !values) return text;
  const found = values.find((value) => alike(value, text));
  if (found !== undefined) return found;
  throw new UsageError(`"${text}" is no option of ${field!.name}. There are ${values.join(', ')}.`);
}

type Targets = readonly ImportTarget[];

const read = async (ctx: Context, targets: Targets, id: string) =>
  (await describeImport(ctx, targets, id)) as unknown as ImportReport;

async function change(
  ctx: Context,
  services: Analysing,
  id: string,
  answersFor: (file: ImportReport['files'][number]) => FileAnswers,
): Promise<void> {
  const { files } = await read(ctx, services.targets, id);
  await changeImport(
    ctx,
    services,
    id,
    { files: files.map((file) => ({ id: file.id, ...answersFor(file) })) },
    undefined,
  );
}

function pairOf(text: string, form: string): [left: string, right: string] {
  const at = text.lastIndexOf('=');
  if (at < 1) throw new UsageError(`Write ${form} instead of "${text}".`);
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

const alike = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();

function resourceCalled(name: string, targets: Targets): string {
  const found = targets.find(({ resource, label, contract }) =>
    [resource, label, contract.plural].some((word) => alike(word, name)),
  );
  if (found) return found.resource;
  throw new UsageError(
    `Rows cannot be "${name}". They can be ${targets.map(({ contract }) => contract.plural).join(', ')}.`,
  );
}

function fieldCalled(name: string, target: Targets[number] | undefined): string | null {
  if (name === '') return null;
  const found = target?.fields.find((field) => alike(field.name, name) || alike(field.label, name));
  if (found) return found.name;
  if (!target) throw new UsageError('Nothing in the file says what its rows are: say it with --as.');
  throw new UsageError(
    `${target.label} have no field "${name}". There are ${target.fields.map((field) => field.name).join(', ')}.`,
  );
}

async function mappingCalled(ctx: Context, name: string): Promise<{ id: string }> {
  const found = await savedMappingNamed(ctx, name);
  if (!found) throw new UsageError(`There is no saved mapping "${name}".`);
  return found;
}
